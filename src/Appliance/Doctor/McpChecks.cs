using Appliance.Config;
using Appliance.Config.Sections;
using Models;
using Runtime.Mcp;
using Runtime.Sandbox;

namespace Appliance.Doctor;

/// <summary>
/// What <c>doctor</c> looks at of MCP servers: each that is used and was listed before is started or reached, all at once, and its tools are
/// compared with those that were approved. One that was never listed is not started: its first listing approves.
/// </summary>
internal static class McpChecks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>A finding or more for each server; nothing where there are none.</summary>
    public static async Task<IReadOnlyList<Finding>> LookAsync(Patient patient, CancellationToken cancellation)
    {
        var servers = McpServerConfig.All(patient.Config.Config, patient.Home);
        if (servers.Count == 0) return [];
        await using var book = new McpBook(patient.Home, Outbound.In(patient.Home), new CommandSandbox(), null, _ => { }, patient.Time);
        book.Set(servers);
        var listed = book.Status().Where(status => status.IsListed).Select(status => status.Name).ToHashSet(StringComparer.Ordinal);
        return await Task.WhenAll(servers.Select(server => listed.Contains(server.Name) ? ReachAsync(book, server.Name, patient.Time, cancellation) : Task.FromResult(Unlisted(book, server))));
    }

    private static Finding Unlisted(McpBook book, McpServerSettings server) => book.WhyNotStart(server) is { } reason
        ? Fault(server.Name, $"{server.Name}: {reason}")
        : new Finding("mcp", Severity.Info, $"{server.Name} was not started yet", "It is when an agent's turn first needs its tools; what they say of themselves then is approved by that.", $"`appliance mcp test {server.Name}` does it now.");

    private static async Task<Finding> ReachAsync(McpBook book, string name, TimeProvider time, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            var (tools, status) = await book.ListAsync(name, stop.Token);
            var (waiting, gone) = (status.Withheld, book.Change(name).Gone);
            if (status.Problem is { } problem) return Fault(name, $"{name}: {problem}");
            if (waiting.Count == 0 && gone.Count == 0) return Finding.Ok("mcp", $"{name} answers with {tools.Count} tools, as they were approved");
            return new Finding("mcp", Severity.Warning, $"{name} has tools that are not as they were approved: {string.Join(", ", waiting.Concat(gone.Select(tool => $"{tool} (gone)")))}", "They are withheld from agents.",
                $"`appliance mcp tools {name}` shows what changed; with --approve they are taken as they are.");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Fault(name, $"{name} did not answer within {Patience.TotalSeconds:0} seconds");
        }
        catch (ModelException e)
        {
            return Fault(name, e.Message);
        }
    }

    private static Finding Fault(string name, string what) =>
        new("mcp", Severity.Warning, what, "Agents do without its tools.", $"`appliance mcp test {name}` tries again; `appliance config set mcp.servers.{name}.enabled false` leaves it out.");
}
