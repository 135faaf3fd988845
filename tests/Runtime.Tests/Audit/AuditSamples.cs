using Models;
using Runtime.Audit;
using Runtime.Audit.Verification;
using TestKit;

namespace Runtime.Tests.Audit;

/// <summary>Logs to try things on.</summary>
internal static class AuditSamples
{
    public static AuditEvent Event(int i) => new(AuditKind.All[i % AuditKind.All.Count], $"action {i % 7}")
    {
        By = new AuditActor { Person = i % 3 == 0 ? "ann" : "bob", Device = $"d{i % 5}", Channel = "websocket", From = "this machine" },
        Resource = $"/files/{i}",
        Decision = i % 4 == 0 ? AuditEvent.Deny : AuditEvent.Allow,
        Rule = "scope",
        Input = AuditContent.Of($"text {i}"),
        Detail = i % 11 == 0 ? "Grüße \"von\" \n hier" : null,
    };

    /// <summary>Writes so many events, in goes of different sizes with time between them.</summary>
    public static async Task WriteAsync(string home, int count, ManualTime time, AuditOptions? options = null)
    {
        await using var log = new AuditLog(home, time, null, options);
        for (var i = 0; i < count;)
        {
            var go = Math.Min(count - i, 1 + i % 97);
            await Task.WhenAll(Enumerable.Range(i, go).Select(n => log.AppendDurableAsync(Event(n))));
            i += go;
            time.Advance(TimeSpan.FromSeconds(20));
        }
    }

    public static AuditReport Check(string home) => AuditVerifier.Verify(home);

    public static byte[] Export(string home, AuditFilter? filter = null)
    {
        using var to = new MemoryStream();
        AuditExport.Write(home, filter ?? new(), to, new ManualTime());
        return to.ToArray();
    }

    /// <summary>What checking a bundle finds; one that is none is found out as well.</summary>
    public static AuditReport CheckBundle(byte[] bundle)
    {
        try { return BundleVerifier.Verify(new MemoryStream(bundle)); }
        catch (ModelException e) { return new("", null, 0, 0, 0, [new("bundle", e.Message)]); }
    }
}
