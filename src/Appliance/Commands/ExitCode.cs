namespace Appliance.Commands;

/// <summary>Exit codes of every command.</summary>
internal static class ExitCode
{
    /// <summary>It worked.</summary>
    public const int Ok = 0;

    /// <summary>It failed; the message says why.</summary>
    public const int Error = 1;

    /// <summary>The command line was wrong.</summary>
    public const int Usage = 2;

    /// <summary>The command needs a running gateway, and there is none (as LSB's status actions and systemctl say it).</summary>
    public const int NotRunning = 3;

    /// <summary><c>update check</c>: there is a newer version.</summary>
    public const int UpdateAvailable = 4;

    /// <summary>Ctrl-C (128 + SIGINT).</summary>
    public const int Interrupted = 130;
}
