using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods.Wire;

// What the methods about usage send. Local models cost nothing, and nothing of them is cached for money.

/// <summary>Answer of <c>usage.cost</c>: tokens a day.</summary>
internal sealed record UsageCost(long UpdatedAt, int Days, IReadOnlyList<UsageDay> Daily, UsageDay Totals) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("updatedAt", UpdatedAt).Add("days", Days).Add("daily", Daily).Add("totals", Totals);
}

internal sealed record UsageDay(string? Date, long Input, long Output) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("date", Date).Add("input", Input).Add("output", Output).Add("totalTokens", Input + Output).Add("cacheRead", 0)
        .Add("cacheWrite", 0).Add("totalCost", 0).Add("inputCost", 0).Add("outputCost", 0)
        .Add("cacheReadCost", 0).Add("cacheWriteCost", 0).Add("missingCostEntries", 0);
}

/// <summary>Answer of <c>sessions.usage</c>.</summary>
internal sealed record UsageReport(long UpdatedAt, string StartDate, string EndDate, IReadOnlyList<UsageSession> Rows, UsageDay Totals) : IPayload
{
    public required int Sessions { get; init; }
    public required int Questions { get; init; }
    public required int Answers { get; init; }
    public required int ToolCalls { get; init; }
    public required int ToolResults { get; init; }
    public required int Errors { get; init; }
    public required IReadOnlyList<UsageOfModel> ByModel { get; init; }

    public void Write(PayloadWriter to) => to
        .Add("updatedAt", UpdatedAt).Add("startDate", StartDate).Add("endDate", EndDate).Add("sessions", Rows).Add("totals", Totals)
        .Add("aggregates", new Aggregates(this)).None("creatorOptions");

    private sealed record Aggregates(UsageReport Of) : IPayload
    {
        public void Write(PayloadWriter to) => to
            .Add("sessionCount", Of.Sessions).Add("messages", new Messages(Of)).Add("tools", new Tools(Of.ToolCalls)).Add("byModel", Of.ByModel)
            .None("byProvider", "byAgent", "byChannel", "byCreator", "costDaily", "dailyLatency", "modelDaily", "daily");
    }

    private sealed record Messages(UsageReport Of) : IPayload
    {
        public void Write(PayloadWriter to) => to
            .Add("total", Of.Questions + Of.Answers).Add("user", Of.Questions).Add("assistant", Of.Answers).Add("toolCalls", Of.ToolCalls)
            .Add("toolResults", Of.ToolResults).Add("errors", Of.Errors);
    }

    private sealed record Tools(int Calls) : IPayload
    {
        public void Write(PayloadWriter to) => to.Add("totalCalls", Calls).Add("uniqueTools", 0).None("tools");
    }
}

internal sealed record UsageSession(string Key, string SessionId, string? Label, long UpdatedAt, string? ModelProvider, string? Model, UsageDay? Usage) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("key", Key).Add("label", Label).Add("sessionId", SessionId).Add("scope", "instance").Add("updatedAt", UpdatedAt).Add("agentId", "main")
        .Add("chatType", "direct").Add("modelProvider", ModelProvider).Add("model", Model).Stay("usage", Usage);
}

internal sealed record UsageOfModel(string Provider, string Model, int Count, UsageDay Totals) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("provider", Provider).Add("model", Model).Add("count", Count).Add("totals", Totals);
}

internal sealed record UsagePoint(long Timestamp, long Input, long Output, long Cumulative) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("timestamp", Timestamp).Add("input", Input).Add("output", Output).Add("cacheRead", 0).Add("cacheWrite", 0)
        .Add("totalTokens", Input + Output).Add("cost", 0).Add("cumulativeTokens", Cumulative).Add("cumulativeCost", 0);
}

internal sealed record UsageLog(long Timestamp, string Role, string Content, long? Tokens) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("timestamp", Timestamp).Add("role", Role).Add("content", Content).Add("tokens", Tokens).Add("cost", Tokens is null ? null : 0L);
}
