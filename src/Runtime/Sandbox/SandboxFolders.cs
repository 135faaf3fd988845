namespace Runtime.Sandbox;

/// <summary>What commands see of the disk.</summary>
/// <param name="Workspace">Read and written; a real path.</param>
/// <param name="Private">An empty folder of this run: home and temporary files.</param>
/// <param name="Programs">Folders of programs beside the system's own.</param>
public sealed record SandboxFolders(string Workspace, string Private, IReadOnlyList<string> Programs)
{
    /// <summary>The folder of a program's installation, by its file's real path: what it needs lies beside it. Null for the system's own, which is open anyhow.</summary>
    public static string? InstallationOf(string real)
    {
        if (System.Any(system => real.StartsWith(system + "/", StringComparison.Ordinal))) return null;
        var folder = Path.GetDirectoryName(real)!;
        return Path.GetFileName(folder) is "bin" or "sbin" && folder.Count(c => c == '/') > 3 ? Path.GetDirectoryName(folder)! : folder;
    }

    /// <summary>The system's programs and libraries.</summary>
    internal static readonly string[] System = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store"];

    /// <summary>What programs read of the system's settings; nothing with a secret.</summary>
    internal static readonly string[] Settings =
    [
        "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/localtime", "/etc/timezone", "/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/ssl/certs", "/etc/ssl/openssl.cnf",
        "/etc/ca-certificates", "/etc/mime.types", "/etc/magic", "/etc/os-release", "/etc/debian_version",
    ];

    /// <summary>What programs read of the kernel. Not /proc as a whole: it shows the environment of other processes, Landlock or not.</summary>
    internal static readonly string[] Kernel =
    [
        "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/uptime", "/proc/loadavg", "/proc/version", "/proc/filesystems", "/proc/sys/kernel/osrelease", "/proc/sys/vm/overcommit_memory", "/sys/devices/system/cpu", "/dev/urandom", "/dev/random", "/dev/zero",
    ];
}
