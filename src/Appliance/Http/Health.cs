using System.Text.Json;
using System.Text.Json.Serialization;
using Models;
using Models.Generation;

namespace Appliance.Http;

/// <summary>GET /healthz (the process is up) and GET /readyz (it can do its work).</summary>
internal sealed class Health(IModelHost models, string? defaultModel)
{
    /// <summary>Always 200.</summary>
    public static Task LiveAsync(HttpContext context) => WriteAsync(context, StatusCodes.Status200OK, new("ok", null));

    /// <summary>503 with the reason while the store cannot be read or the model named at start is not loaded yet.</summary>
    public Task ReadyAsync(HttpContext context)
    {
        var reason = FindReason();
        return reason is null
            ? WriteAsync(context, StatusCodes.Status200OK, new("ready", null))
            : WriteAsync(context, StatusCodes.Status503ServiceUnavailable, new("not ready", reason));
    }

    private string? FindReason()
    {
        try
        {
            models.Store.List();
            return defaultModel is null || models.HasLoaded(defaultModel) ? null : $"The model '{defaultModel}' is still being loaded.";
        }
        catch (Exception e) when (e is ModelException or IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
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
