using System.Globalization;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

// What answers took.
internal sealed partial class GatewayMethods
{
    private const int MostPoints = 200;

    private IEnumerable<GatewayMethod> Usage =>
    [
        GatewayMethod.Of("usage.cost", Scope.Read, Cost),
        // Quotas of providers: what runs on this box has none.
        GatewayMethod.Of("usage.status", Scope.Read, _ => FrameWriter.Payload(to => to.Add("updatedAt", _context.Now).None("providers"))),
        GatewayMethod.Of("sessions.usage", Scope.Read, SessionsUsage) with { IsAdvertised = false },
        GatewayMethod.Of("sessions.usage.timeseries", Scope.Read, UsageOverTime) with { IsAdvertised = false },
        GatewayMethod.Of("sessions.usage.logs", Scope.Read, UsageLogs) with { IsAdvertised = false },
    ];

    private byte[] Cost(GatewayCall call)
    {
        var days = (int)(call.Params.OptionalNumber("days", 1, 366) ?? 30);
        var today = Day(_context.Now);
        var first = today.AddDays(1 - days);
        var tokens = Answers(_context.Sessions.List(), first, today).GroupBy(m => Day(m.Ts)).ToDictionary(g => g.Key, g => (Input: g.Sum(m => m.InputTokens), Output: g.Sum(m => m.OutputTokens)));
        var daily = Enumerable.Range(0, days).Select(first.AddDays).Select(day =>
        {
            var (input, output) = tokens.GetValueOrDefault(day);
            return new UsageDay(Write(day), input, output);
        }).ToArray();
        return FrameWriter.Payload(new UsageCost(_context.Now, days, daily, new(null, daily.Sum(d => d.Input), daily.Sum(d => d.Output))));
    }

    private byte[] SessionsUsage(GatewayCall call)
    {
        var to = Day(call, "endDate") ?? Day(_context.Now);
        var days = call.Params.OptionalWord("range", "7d", "30d", "90d", "1y", "all") switch { "7d" => 7, "90d" => 90, "1y" => 365, "all" => 36_500, _ => 30 };
        var from = Day(call, "startDate") ?? to.AddDays(1 - days);
        var limit = (int)(call.Params.OptionalNumber("limit", 1, MostListed) ?? 50);
        var key = call.Params.OptionalText("key", SessionKey.Longest) is { } named ? ResolveKey(named, call.Params.OptionalText("agentId")) : null;
        var sessions = _context.Sessions.List().Where(s => key is null || s.Key == key).ToList();
        var (messages, answers) = (Messages(sessions, from, to).ToList(), Answers(sessions, from, to).ToList());
        var rows = sessions.Where(s => Day(s.UpdatedAt) >= from && Day(s.CreatedAt) <= to).Take(limit).Select(s =>
        {
            var (model, _) = ModelOf(s);
            var own = Answers([s], from, to).ToList();
            return new UsageSession(s.Key, s.Id, s.Settings.Label ?? s.Title, s.UpdatedAt, model is null ? null : Provider, model, own.Count == 0 ? null : Sum(own));
        });
        return FrameWriter.Payload(new UsageReport(_context.Now, Write(from), Write(to), [.. rows], Sum(answers))
        {
            Sessions = sessions.Count(s => s.UpdatedAt > 0 && Messages([s], from, to).Any()),
            Questions = messages.Count(m => m.Role == SessionMessage.User),
            Answers = answers.Count,
            ToolCalls = messages.Sum(m => m.ToolCalls.Count),
            ToolResults = messages.Count(m => m.Role == SessionMessage.Tool),
            Errors = answers.Count(m => m.StopReason == "error"),
            ByModel = [.. answers.GroupBy(m => m.Model ?? "").OrderByDescending(g => g.Count()).Select(g => new UsageOfModel(Provider, g.Key, g.Count(), Sum([.. g])))],
        });
    }

    private byte[] UsageOverTime(GatewayCall call)
    {
        var session = _context.Sessions.Find(Key(call)) ?? throw GatewayException.Invalid("session not found");
        var answers = session.Read().Where(m => m.Role == SessionMessage.Assistant && m.InputTokens + m.OutputTokens > 0).ToList();
        long sum = 0;
        var points = answers.Chunk(Math.Max(1, (answers.Count + MostPoints - 1) / MostPoints)).Select(bucket =>
        {
            var (input, output) = (bucket.Sum(m => m.InputTokens), bucket.Sum(m => m.OutputTokens));
            return new UsagePoint(bucket[^1].Ts, input, output, sum += input + output);
        }).ToArray();
        return FrameWriter.Payload(to => to.Add("sessionId", session.Id).Add("points", points));
    }

    private byte[] UsageLogs(GatewayCall call)
    {
        var session = _context.Sessions.Find(Key(call)) ?? throw GatewayException.Invalid("session not found");
        var limit = (int)(call.Params.OptionalNumber("limit", 1, 1000) ?? 200);
        var logs = session.Read().Where(m => m.Role != SessionMessage.Summary).TakeLast(limit)
            .Select(m => new UsageLog(m.Ts, m.Role, Cut(m.Text, 2000), m.Role == SessionMessage.Assistant ? m.InputTokens + m.OutputTokens : null)).ToArray();
        return FrameWriter.Payload(to => to.Add("logs", logs));
    }

    private static UsageDay Sum(IReadOnlyList<SessionMessage> answers) => new(null, answers.Sum(m => m.InputTokens), answers.Sum(m => m.OutputTokens));

    private static IEnumerable<SessionMessage> Answers(IEnumerable<Session> sessions, DateOnly from, DateOnly to) =>
        Messages(sessions, from, to).Where(m => m.Role == SessionMessage.Assistant && !m.OutOfContext || m is { Role: SessionMessage.Assistant, OutputTokens: > 0 });

    private static IEnumerable<SessionMessage> Messages(IEnumerable<Session> sessions, DateOnly from, DateOnly to) =>
        sessions.Where(s => Day(s.UpdatedAt) >= from).SelectMany(s => s.Read()).Where(m => m.Role != SessionMessage.Summary && Day(m.Ts) >= from && Day(m.Ts) <= to);

    private static DateOnly? Day(GatewayCall call, string name) => call.Params.OptionalText(name) is not { } text ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : throw call.Params.Fault($"at /{name}: must match pattern YYYY-MM-DD");

    private static DateOnly Day(long ms) => DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime);

    private static string Write(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
