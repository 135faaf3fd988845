using System.Text.Json;
using System.Text.Json.Serialization;
using Appliance.Gateway;
using Appliance.Hosting;
using Models;
using Models.Generation;
using Runtime.Schedule.Jobs;

namespace Appliance.Http;

/// <summary>GET /healthz (the process is up) and GET /readyz (it can do its work).</summary>
/// <param name="models">The models.</param>
/// <param name="gateway">The agent's side of the box, begun where there is work for it.</param>
/// <param name="options">The home's configuration, and the model to load at start.</param>
internal sealed class Health(IModelHost models, Lazy<GatewayHost> gateway, ServerOptions options)
{
    // What nobody is answered without, each where it is there at all. It is looked at before the gateway begins: one that failed to is not begun again.
    private static readonly string[] Parts = ["agents", "audit", "cache", "gateway", "keys"];

    /// <summary>Always 200.</summary>
    public static Task LiveAsync(HttpContext context) => WriteAsync(context, StatusCodes.Status200OK, new("ok", null));

    /// <summary>503 with the reason while the home cannot be read or the model named at start is not loaded yet.</summary>
    public Task ReadyAsync(HttpContext context)
    {
        var reason = FindFault() ?? (options.Model is null || models.HasLoaded(options.Model) ? null : $"The model '{options.Model}' is still being loaded.");
        return reason is null
            ? WriteAsync(context, StatusCodes.Status200OK, new("ready", null))
            : WriteAsync(context, StatusCodes.Status503ServiceUnavailable, new("not ready", reason));
    }

    /// <summary>
    /// What keeps the box from its work, in a sentence; null where nothing does. What it has to do without being asked (jobs, heartbeats, memories at
    /// night) begins here, at the start of the server; where what it needs cannot be read, as soon as it can and this is asked again.
    /// </summary>
    public string? FindFault()
    {
        try
        {
            models.Store.List();
            foreach (var part in Parts) RequireReadable(Path.Combine(models.Store.Home, part));
            if (gateway.IsValueCreated) return null;
            // Only while no database is open here: closing a second handle of its file would take SQLite's locks away.
            RequireReadable(JobBook.PathIn(models.Store.Home));
            if (GatewayHost.HasWork(models.Store, options.Config)) _ = gateway.Value;
            return null;
        }
        catch (Exception e) when (e is ModelException or IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private static void RequireReadable(string path)
    {
        try
        {
            if (File.Exists(path)) File.OpenHandle(path).Dispose();
            else Directory.EnumerateFileSystemEntries(path).GetEnumerator().Dispose();
        }
        catch (DirectoryNotFoundException) { }
    }

    private static Task WriteAsync(HttpContext context, int status, HealthAnswer answer) =>
        JsonAnswer.WriteAsync(context, status, answer, HealthJson.Wire.HealthAnswer);
}

/// <summary>Answer of both.</summary>
internal sealed record HealthAnswer(string Status, string? Reason);

[JsonSerializable(typeof(HealthAnswer))]
internal sealed partial class HealthJson : JsonSerializerContext
{
    public static HealthJson Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    });
}
