using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Runtime.Audit;
using Runtime.Audit.Verification;

namespace Appliance.Commands.Audit;

/// <summary>A record as a line for a person.</summary>
internal static class AuditLine
{
    /// <summary>The line.</summary>
    public static string Of(AuditRecord record)
    {
        var e = record.Event;
        var time = DateTimeOffset.FromUnixTimeMilliseconds(record.Ts).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        string?[] parts =
        [
            time, $"{record.Seq}", e.Kind, e.Action, e.Resource, e.Model is null ? null : $"by {e.Model}", Who(e.By), e.Decision,
            e.Rule is null ? null : $"({e.Rule})", e.Approval is null ? null : $"approval {e.Approval}", e.Outcome,
            Size("in", e.Input), Size("out", e.Output), e.Detail, e.Count is null ? null : $"{e.Count} times",
        ];
        return string.Join("  ", parts.Where(p => !string.IsNullOrEmpty(p)));
    }

    private static string? Who(AuditActor? by) => by is null ? null
        : $"[{string.Join(" ", new[] { by.Person ?? "nobody known", by.Channel, by.Client, by.Device is { Length: > 8 } device ? device[..8] : by.Device, by.From }.OfType<string>())}]";

    private static string? Size(string name, AuditContent? content) => content is null ? null : string.Create(CultureInfo.InvariantCulture, $"{name} {content.Bytes} bytes");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AuditRecord))]
[JsonSerializable(typeof(AuditReport))]
internal sealed partial class AuditOutputJson : JsonSerializerContext
{
    /// <summary>Records as they stand in the log.</summary>
    public static AuditOutputJson Lines { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
