using System.Globalization;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

// What answers took.
internal sealed partial class GatewayMethods
{
    private IEnumerable<GatewayMethod> Usage =>
    [
        GatewayMethod.Of("usage.cost", Scope.Read, Cost),
        GatewayMethod.Of("usage.status", Scope.Read, _ => Literal("""{"updatedAt":0,"providers":[]}"""u8)),
    ];

    private byte[] Cost(GatewayCall call)
    {
        var days = (int)(call.Params.OptionalNumber("days", 1, 366) ?? 30);
        var today = DateOnly.FromDateTime(_context.Time.GetUtcNow().UtcDateTime);
        var tokens = new Dictionary<DateOnly, (long Input, long Output)>();
        var since = new DateTimeOffset(today.AddDays(1 - days), TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeMilliseconds();
        foreach (var message in _context.Sessions.List().Where(s => s.UpdatedAt >= since).SelectMany(s => s.Read()).Where(m => m.Ts >= since && m.Role == SessionMessage.Assistant))
        {
            var day = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(message.Ts).UtcDateTime);
            var (input, output) = tokens.GetValueOrDefault(day);
            tokens[day] = (input + message.InputTokens, output + message.OutputTokens);
        }
        var daily = Enumerable.Range(0, days).Select(i => today.AddDays(i + 1 - days)).Select(day =>
        {
            var (input, output) = tokens.GetValueOrDefault(day);
            return new UsageDay(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), input, output, input + output);
        }).ToArray();
        var totals = new UsageDay(null, daily.Sum(d => d.Input), daily.Sum(d => d.Output), daily.Sum(d => d.TotalTokens));
        return FrameWriter.Payload(new UsageCost(_context.Now, days, daily, totals));
    }
}
