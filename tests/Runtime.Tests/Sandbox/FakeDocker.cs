using TestKit;

namespace Runtime.Tests.Sandbox;

/// <summary>
/// A program that says and does what docker(1) says and does to whoever runs containers with it, and writes down what it was told; the
/// containers are processes of this machine. No engine runs where the tests do.
/// </summary>
internal sealed class FakeDocker : IDisposable
{
    private const string Script = """
        #!/bin/bash
        here=$(dirname "$0")
        printf '%s\n' "$*" >> "$here/calls"
        case $1 in
          version) [ -e "$here/down" ] && { echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?' >&2; exit 1; }; echo 28.3.2 ;;
          image) [ -e "$here/missing" ] && { echo 'Error response from daemon: No such image' >&2; exit 1; }; echo sha256:0123 ;;
          rm) shift 2; for name; do [ -e "$here/$name" ] && kill -9 "$(cat "$here/$name")"; done; exit 0 ;;
          run)
            shift; variables=()
            while [ "${1#--}" != "$1" ]; do
              case $1 in
                --rm|--interactive|--read-only) shift ;;
                --workdir) cd "$2"; shift 2 ;;
                --entrypoint) entry=$2; shift 2 ;;
                --name) name=$2; shift 2 ;;
                --env) variables+=("$2"); shift 2 ;;
                *) shift 2 ;;
              esac
            done
            shift
            echo $$ > "$here/$name"
            exec env -i "PATH=$PATH" "${variables[@]}" "$entry" "$@" ;;
        esac
        """;

    private readonly TemporaryFolder _folder = new();

    public FakeDocker()
    {
        File.WriteAllText(Path, Script.ReplaceLineEndings("\n"));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Path => _folder["docker"];

    /// <summary>What it was told, a line each time.</summary>
    public IReadOnlyList<string> Calls => File.Exists(_folder["calls"]) ? File.ReadAllLines(_folder["calls"]) : [];

    /// <summary>The engine does not answer, or does not have the image.</summary>
    public void Break(string how) => File.WriteAllText(_folder[how], "");

    public void Dispose() => _folder.Dispose();
}
