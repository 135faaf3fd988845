namespace Appliance.Network.Tailscale;

/// <summary>How a command of Tailscale's ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it printed.</param>
/// <param name="Error">What it printed beside that.</param>
internal sealed record TailscaleAnswer(int ExitCode, string Output, string Error)
{
    /// <summary>What it printed.</summary>
    /// <exception cref="TailscaleException">It failed; the message says why.</exception>
    public string Require() => ExitCode == 0 ? Output : throw TailscaleException.Of($"{Output}\n{Error}");
}
