using Appliance.Config;
using Appliance.Config.Sections;

namespace Appliance.Network.Tailscale;

/// <summary>What there is to say of Tailscale on this machine, and of what this gateway has of it. Looking at it changes nothing. Immutable.</summary>
internal sealed record TailscaleReport
{
    /// <summary>Where the command is; null where there is none.</summary>
    public string? Program { get; private init; }

    /// <summary>How the daemon is; null where that cannot be had.</summary>
    public TailscaleStatus? Status { get; private init; }

    /// <summary>What leads to this gateway.</summary>
    public IReadOnlyList<ServedSite> Sites { get; private init; } = [];

    /// <summary>What the configuration asks for.</summary>
    public TailscaleMode Mode { get; private init; }

    /// <summary>What the running gateway says of its claim; null where none runs.</summary>
    public GatewayClaim? Gateway { get; private init; }

    /// <summary>Why it cannot be used as it is; null where it can.</summary>
    public TailscaleException? Problem { get; private init; }

    /// <summary>Looks.</summary>
    /// <param name="config">What is configured.</param>
    /// <param name="gateway">What the running gateway says; null where none runs.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<TailscaleReport> LookAsync(ApplianceConfig config, GatewayClaim? gateway, CancellationToken cancellation)
    {
        var (asked, report) = (config.Gateway.Tailscale, new TailscaleReport { Mode = config.Gateway.Tailscale.Mode, Gateway = gateway });
        try
        {
            var program = TailscaleProgram.Get(asked.Program);
            report = report with { Program = program.Path };
            var status = await program.StatusAsync(cancellation);
            report = report with { Status = status, Problem = status.Problem };
            return status.IsRunning ? report with { Sites = [.. (await program.ServedAsync(cancellation)).To(gateway?.Port ?? config.Gateway.Port)] } : report;
        }
        catch (TailscaleException e)
        {
            return report with { Problem = e };
        }
    }
}
