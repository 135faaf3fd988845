using System.Text.Json;
using Appliance.Config.Sections;
using Appliance.Network.Tailscale;

namespace Appliance.Commands.Network;

/// <summary>A report about Tailscale, for a person and for a program. Pure.</summary>
internal static class TailscaleReportText
{
    /// <summary>0 where it is connected, 3 where it runs not or is not connected, 1 where it cannot be used at all.</summary>
    public static int CodeOf(TailscaleReport report) => report.Problem?.Fault switch { null => ExitCode.Ok, TailscaleFault.NoDaemon or TailscaleFault.NotConnected => ExitCode.NotRunning, _ => ExitCode.Error };

    /// <summary>For a person.</summary>
    public static void Write(TailscaleReport report, Terminal terminal)
    {
        if (report.Program is not null) terminal.WriteLine($"tailscale  {(report.Status is null ? "" : $"{report.Status.Version} ")}{report.Program}");
        if (report.Status is { IsRunning: true } status)
        {
            terminal.WriteLine($"connected  as {status.Name ?? "a machine without a name"}, {string.Join(", ", status.Addresses)}{(status.Login is { } login ? $", logged in by {login}" : status.Tags.Count > 0 ? $", {string.Join(", ", status.Tags)}" : "")}");
            foreach (var line in status.Health) terminal.WriteLine($"health     {line}");
            foreach (var site in report.Sites) terminal.WriteLine($"reached    {site.Address} by {(site.IsPublic ? "the whole Internet" : "the tailnet")}{(site.IsClaim ? "" : "; set up by hand, and not let go by this program")}");
            if (report.Sites.Count == 0) terminal.WriteLine($"reached    not by Tailscale: {(report.Mode == TailscaleMode.Off ? "gateway.tailscale.mode is off" : report.Gateway is null ? "the gateway does not run" : report.Gateway.Problem ?? "the gateway has not claimed it yet")}");
        }
        if (report.Problem is not null) terminal.WriteLine($"problem    {report.Problem.Message}");
    }

    /// <summary>For a program.</summary>
    public static void Write(TailscaleReport report, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("mode", new ClaimState(report.Mode).Word);
        json.WriteString("state", StateOf(report));
        if (report.Problem is not null) json.WriteString("problem", report.Problem.Message);
        if (report.Program is not null) json.WriteString("program", report.Program);
        if (report.Status is { } status)
        {
            json.WriteString("version", status.Version.ToString());
            if (status.LoginUrl is not null) json.WriteString("login_url", status.LoginUrl);
            if (status.Name is not null) json.WriteString("name", status.Name);
            if (status.Login is not null) json.WriteString("login", status.Login);
            Texts("addresses", status.Addresses.Select(address => address.ToString()));
            Texts("tags", status.Tags);
            Texts("certificate_names", status.CertificateNames);
            Texts("health", status.Health);
        }
        if (report.Gateway?.Problem is { } claim) json.WriteString("gateway_problem", claim);
        json.WriteStartArray("sites");
        foreach (var site in report.Sites)
        {
            json.WriteStartObject();
            json.WriteString("address", site.Address);
            json.WriteBoolean("public", site.IsPublic);
            json.WriteBoolean("claim", site.IsClaim);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();

        void Texts(string name, IEnumerable<string> texts)
        {
            json.WriteStartArray(name);
            foreach (var text in texts) json.WriteStringValue(text);
            json.WriteEndArray();
        }
    }

    private static string StateOf(TailscaleReport report) => report.Problem?.Fault switch
    {
        null => "connected",
        TailscaleFault.NotInstalled => "not-installed",
        TailscaleFault.TooOld => "too-old",
        TailscaleFault.NoDaemon => "no-daemon",
        TailscaleFault.NoPermission => "no-permission",
        TailscaleFault.NotConnected => report.Status?.State switch { "Stopped" => "stopped", "NeedsMachineAuth" => "needs-approval", "Starting" => "starting", _ => "logged-out" },
        _ => "unknown",
    };
}
