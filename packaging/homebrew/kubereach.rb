# The Homebrew formula, before a release: packaging/package fills in the version and the digests of what it packs.
class Kubereach < Formula
  desc "Says whether traffic gets to a Kubernetes app and where it breaks"
  homepage "https://github.com/kubereach/kubereach"
  version "VERSION"
  license "Apache-2.0"

  on_macos do
    on_arm do
      url "https://github.com/kubereach/kubereach/releases/download/vVERSION/kubereach-VERSION-aarch64-apple-darwin.tar.gz"
      sha256 "SHA256 of aarch64-apple-darwin"
    end
    on_intel do
      url "https://github.com/kubereach/kubereach/releases/download/vVERSION/kubereach-VERSION-x86_64-apple-darwin.tar.gz"
      sha256 "SHA256 of x86_64-apple-darwin"
    end
  end

  on_linux do
    on_arm do
      url "https://github.com/kubereach/kubereach/releases/download/vVERSION/kubereach-VERSION-aarch64-unknown-linux-musl.tar.gz"
      sha256 "SHA256 of aarch64-unknown-linux-musl"
    end
    on_intel do
      url "https://github.com/kubereach/kubereach/releases/download/vVERSION/kubereach-VERSION-x86_64-unknown-linux-musl.tar.gz"
      sha256 "SHA256 of x86_64-unknown-linux-musl"
    end
  end

  def install
    bin.install "kubereach", "completions/kubectl_complete-reach"
    # `kubectl reach` is the same program.
    bin.install_symlink "kubereach" => "kubectl-reach"
    man1.install "man/kubereach.1"
    bash_completion.install "completions/kubereach.bash" => "kubereach"
    zsh_completion.install "completions/_kubereach"
    fish_completion.install "completions/kubereach.fish"
  end

  test do
    (testpath/"web.yaml").write <<~YAML
      apiVersion: v1
      kind: Service
      metadata:
        name: web
      spec:
        selector:
          app: web
        ports:
          - port: 80
    YAML
    assert_match version.to_s, shell_output("#{bin}/kubereach --version")
    # Nothing that its selector selects exists: the gate trips.
    assert_match "service/selects-no-pod", shell_output("#{bin}/kubereach check web.yaml --assume-complete", 1)
  end
end
