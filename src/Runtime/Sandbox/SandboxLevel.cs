namespace Runtime.Sandbox;

/// <summary>What stands between a command and the machine.</summary>
public enum SandboxLevel
{
    /// <summary>Nothing but limits: this kernel offers none of the others.</summary>
    None,

    /// <summary>Landlock rules over files, a seccomp filter, no network.</summary>
    Landlock,

    /// <summary>Bubblewrap: namespaces of its own, of files, processes and network, and the same filter.</summary>
    Bubblewrap,

    /// <summary>A container of a Docker engine, where the owner wants that (<see cref="DockerSandbox"/>).</summary>
    Docker,
}
