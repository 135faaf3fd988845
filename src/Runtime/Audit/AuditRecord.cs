using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Runtime.Audit;

/// <summary>An event in its place in the log. Its fields in this order, without spaces, are the canonical form whose bytes are hashed.</summary>
/// <param name="Seq">Its number, from 0.</param>
/// <param name="Ts">When, Unix milliseconds.</param>
/// <param name="Event">What happened.</param>
/// <param name="Prev">The hash of the record before; 64 zeros for the first.</param>
public sealed record AuditRecord(long Seq, long Ts, AuditEvent Event, string Prev);

[JsonSerializable(typeof(AuditRecord))]
[JsonSerializable(typeof(AuditCheckpoint))]
[JsonSerializable(typeof(Verification.BundleHead))]
[JsonSerializable(typeof(Verification.BundleEnd))]
internal sealed partial class AuditJson : JsonSerializerContext
{
    /// <summary>Text stays as a person can read it and grep for it.</summary>
    public static AuditJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
