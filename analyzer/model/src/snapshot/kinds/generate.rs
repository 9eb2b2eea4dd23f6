//! What is written once per kind from the rows of the table.
//!
//! Only what needs the types by name is written here; all else is generic, or goes through [`Object`](super::Object),
//! so that a kind costs little code.

/// Group and kind by which a type is asked for: those of its first row, unless it says another.
macro_rules! own_kind {
    ([] $first:expr) => {
        $first.group_kind()
    };
    ([$own:expr] $first:expr) => {
        $own
    };
}

macro_rules! kinds {
    ($($shape:ident => $store:ident $(as ($own:expr))? { $first:expr, $($row:expr,)* })+) => {
        /// The types that hold objects.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "named after the types")]
        pub enum Shape {
            $($shape,)+
        }

        pub(super) const ROWS: &[Kind] = &[$(
            $first.held_by(Shape::$shape),
            $($row.held_by(Shape::$shape),)*
        )+];

        /// Every kind of the model and every kind that is kept unevaluated. Where two groups share a resource
        /// name, the first entry is the one a bare name means.
        pub static KINDS: &[Kind] = ROWS;

        /// An object of any kind.
        #[derive(Debug, Clone)]
        #[allow(missing_docs, reason = "one variant per type")]
        pub enum AnyObject {
            $($shape(Box<$shape>),)+
            /// A kind the model does not keep: only its name.
            Other(GroupKind, Box<Meta>),
        }

        impl AnyObject {
            /// Decodes an object as the type that holds its kind.
            pub(super) fn decode_as<D: Decode>(shape: Shape, raw: &D) -> Result<Self, D::Error> {
                fn boxed<D: Decode, T: DeserializeOwned>(
                    raw: &D,
                    wrap: fn(Box<T>) -> AnyObject,
                ) -> Result<AnyObject, D::Error> {
                    Ok(wrap(Box::new(raw.decode()?)))
                }
                match shape {
                    $(Shape::$shape => boxed(raw, Self::$shape),)+
                }
            }

            /// Its metadata.
            pub fn meta(&self) -> &Meta {
                match self {
                    $(Self::$shape(o) => &o.metadata,)+
                    Self::Other(_, meta) => meta,
                }
            }

            /// The object without its type; none for kinds of which only the name is kept.
            pub fn object(&self) -> Option<&dyn Object> {
                match self {
                    $(Self::$shape(o) => Some(&**o),)+
                    Self::Other(..) => None,
                }
            }

            /// As [`AnyObject::object`], to change it.
            pub fn object_mut(&mut self) -> Option<&mut dyn Object> {
                match self {
                    $(Self::$shape(o) => Some(&mut **o),)+
                    Self::Other(..) => None,
                }
            }

            /// Makes of this object, which a manifest declares, what the API server makes of it where `live` is
            /// there already.
            pub fn apply_over(&mut self, live: &Self, stays: Stays<'_>) -> Applied {
                match (self, live) {
                    $((Self::$shape(new), Self::$shape(live)) => new.apply_over(live, stays),)+
                    _ => Applied::REPLACED,
                }
            }
        }

        /// One cluster as it was read. Every store holds the objects of the type it is named after.
        #[allow(missing_docs, reason = "the stores are named after their types")]
        #[derive(Debug, Clone, Default)]
        pub struct Snapshot {
            /// Its name where the inputs hold several clusters.
            pub cluster: Option<String>,
            /// When reading the newest of them began: a dump takes minutes to write, and what it shows is of some time
            /// between then and [`Snapshot::taken_at`].
            pub began: Option<Timestamp>,
            /// The newest time the inputs speak for.
            pub taken_at: Option<Timestamp>,
            /// The newest time that an object mentions: the cluster was read then or later. Good for what only
            /// grows with time (an expired certificate stays expired), never for ages.
            pub newest: Option<Timestamp>,
            /// What is known about what was read.
            pub coverage: Coverage,
            /// What a change would make of it; empty for a snapshot that was really taken.
            pub simulation: Simulation,
            /// From when checks say something.
            pub thresholds: Thresholds,
            /// What was not read and may stand in the way counts as unknown (`--strict`).
            pub strict: bool,
            /// Kinds that were read and are neither modelled nor kept, with their number.
            pub other_kinds: BTreeMap<GroupKind, usize>,
            /// The version of Kubernetes 1 that manifests are for (`--kubernetes-version`), if one was named.
            pub kubernetes_minor: Option<u16>,
            /// What an API server would refuse of manifests, by the origins of their objects.
            pub refusals: BTreeMap<u32, Vec<Refusal>>,
            $(pub $store: Store<$shape>,)+
        }

        impl Snapshot {
            /// Every store.
            pub fn stores(&self) -> impl Iterator<Item = &dyn AnyStore> {
                let all: [&dyn AnyStore; ROWS_OF.len()] = [$(&self.$store),+];
                all.into_iter()
            }

            /// The store of a type.
            pub fn store(&self, shape: Shape) -> &dyn AnyStore {
                match shape {
                    $(Shape::$shape => &self.$store,)+
                }
            }
        }

        const ROWS_OF: &[Shape] = &[$(Shape::$shape),+];

        $(
            impl Resource for $shape {
                const KIND: &'static GroupKind = &own_kind!([$($own)?] $first);
                const NAMESPACED: bool = $first.namespaced;
                const SHAPE: Shape = Shape::$shape;
                fn meta(&self) -> &Meta { &self.metadata }
                fn meta_mut(&mut self) -> &mut Meta { &mut self.metadata }
            }

            impl Kept for $shape {
                fn store(snapshot: &Snapshot) -> &Store<Self> { &snapshot.$store }
            }
        )+

        /// The objects of a snapshot before they are in order.
        #[derive(Default)]
        pub(in crate::snapshot) struct Parts {
            other: BTreeMap<GroupKind, usize>,
            $($store: Vec<Stored<$shape>>,)+
        }

        impl Parts {
            /// Makes room for so many more objects like this one.
            pub(in crate::snapshot) fn reserve(&mut self, like: &AnyObject, count: usize) {
                match like {
                    $(AnyObject::$shape(_) => self.$store.reserve_exact(count),)+
                    AnyObject::Other(..) => {}
                }
            }

            pub(in crate::snapshot) fn add(&mut self, object: AnyObject, origin: u32, provenance: Provenance) {
                match object {
                    $(AnyObject::$shape(o) => self.$store.push(Stored { value: o, origin, provenance }),)+
                    AnyObject::Other(kind, _) => *self.other.entry(kind).or_default() += 1,
                }
            }

            /// All objects of a snapshot again.
            pub(in crate::snapshot) fn of(snapshot: Snapshot) -> Vec<(AnyObject, u32, Provenance)> {
                let mut all = Vec::new();
                $(snapshot.$store.take_apart(AnyObject::$shape, &mut all);)+
                all
            }

            /// A snapshot of these objects about which nothing else is known.
            pub(in crate::snapshot) fn into_snapshot(self) -> Snapshot {
                Snapshot {
                    other_kinds: self.other,
                    $($store: Store::new(self.$store),)+
                    ..Snapshot::default()
                }
            }
        }
    };
}
