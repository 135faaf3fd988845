using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Models;

namespace Runtime.Sandbox;

/// <summary>
/// Containers of a Docker engine that is there already, one for each program: no network, its root read-only, no rights, limits, and the
/// folders of <see cref="SandboxFolders"/> alone. The image's programs run, so its content must be fixed by a digest; nothing is pulled.
/// Safe for several threads.
/// </summary>
/// <param name="image">The image, as <c>name@sha256:…</c>.</param>
/// <param name="client">The whole path of docker(1); null for the one of this machine.</param>
public sealed partial class DockerSandbox(string image, string? client = null)
{
    private static readonly string[] Places = ["/usr/bin/docker", "/usr/local/bin/docker"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private volatile bool _isProven;

    /// <summary>The image.</summary>
    public string Image => image;

    /// <summary>docker(1).</summary>
    internal string Client { get; } = client ?? Array.Find(Places, File.Exists) ?? Places[0];

    /// <summary>Why no command can run in it now, in a sentence with what to do; null where one can.</summary>
    public string? WhyNot()
    {
        if (_isProven) return null;
        if (image.IndexOf("@sha256:", StringComparison.Ordinal) is var at && (at <= 0 || image.Length != at + 8 + 64 || image.StartsWith('-')))
            return $"exec.image must name an image by its digest (name@sha256:…, as `docker images --digests` shows it), so that what runs stays what it was; it is \"{image}\".";
        if (!File.Exists(Client)) return "exec.sandbox is docker, and no docker is installed. Install it, or set exec.sandbox to auto.";
        var (code, said) = Ask("version", "--format", "{{.Server.Version}}");
        if (code != 0) return $"exec.sandbox is docker, and no Docker engine answers ({said}). Start it, let this user use it, or set exec.sandbox to auto.";
        (code, said) = Ask("image", "inspect", "--format", "{{.Id}}", image);
        if (code != 0) return $"The Docker engine does not have {image} ({said}). Fetch it yourself: docker pull {image}";
        _isProven = true;
        return null;
    }

    /// <summary>The arguments before a program's own.</summary>
    /// <exception cref="ModelException">A folder's name cannot be told to docker.</exception>
    internal List<string> Arguments(SandboxProgram program, SandboxFolders folders, SandboxLimits limits, string name)
    {
        List<string> arguments =
        [
            "docker", "run", "--rm", "--interactive", "--pull", "never", "--name", name, "--network", limits.HasNetwork ? "bridge" : "none", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges",
            "--user", Owner(), "--memory", Number(limits.Memory), "--memory-swap", Number(limits.Memory), "--pids-limit", Number(limits.Processes), "--ulimit", $"cpu={Number((long)limits.Processor.TotalSeconds)}",
            "--ulimit", $"fsize={Number(limits.File)}", "--ulimit", "nofile=1024", "--ulimit", "core=0", "--tmpfs", "/tmp", "--workdir", program.Folder,
        ];
        foreach (var path in folders.Programs) Mount(path, isReadOnly: true);
        Mount(folders.Private, isReadOnly: false);
        if (folders.Workspace != folders.Private) Mount(folders.Workspace, isReadOnly: false);
        // The image knows where its programs are.
        foreach (var (variable, value) in program.Environment)
            if (variable != "PATH") arguments.AddRange(["--env", $"{variable}={value}"]);
        arguments.AddRange(["--entrypoint", program.Argv[0], image]);
        arguments.AddRange(program.Argv.Skip(1));
        return arguments;

        void Mount(string path, bool isReadOnly)
        {
            if (path.AsSpan().ContainsAny(',', '"')) throw new ModelException($"Docker cannot mount {path}: there is a comma or a quote in its name.");
            arguments.AddRange(["--mount", $"type=bind,source={path},target={path}{(isReadOnly ? ",readonly" : "")}"]);
        }
    }

    /// <summary>What docker(1) itself needs of this process's environment to find its engine.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> ClientEnvironment()
    {
        foreach (var name in (string[])["PATH", "HOME", "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "XDG_RUNTIME_DIR"])
            if (Environment.GetEnvironmentVariable(name) is { } value) yield return new(name, value);
    }

    /// <summary>Ends containers, which live on where only docker(1) was killed. Waits for nothing.</summary>
    internal void Remove(IEnumerable<string> names)
    {
        try { using var process = Process.Start(new ProcessStartInfo(Client, ["rm", "--force", .. names]) { RedirectStandardOutput = true, RedirectStandardError = true }); }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException) { }
    }

    private (int Code, string Said) Ask(params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Client, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(Patience))
            {
                process.Kill();
                return (-1, $"it said nothing for {Patience.TotalSeconds:0} s");
            }
            var said = (process.ExitCode == 0 ? output.Result : error.Result).Trim();
            return (process.ExitCode, Approvals.DisplayText.Escape(said.Length > 200 ? said[..200] + "…" : said));
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            return (-1, e.Message);
        }
    }

    // What a command makes in the workspace belongs to who runs this program.
    private static string Owner() => $"{EffectiveUser()}:{EffectiveGroup()}";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "getegid")]
    private static partial uint EffectiveGroup();
}
