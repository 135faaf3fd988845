using System.Text.Json;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

// What clients are told of a session and of its messages.
internal sealed partial class GatewayMethods
{
    internal SessionRow ToRow(Session session)
    {
        var (model, context) = ModelOf(session);
        var active = _context.Turns.Active.Where(t => t.Session == session).Select(t => t.RunId).ToArray();
        return Row(session.Key, session.Id, session.UpdatedAt) with
        {
            Label = session.Settings.Label,
            DisplayName = session.Settings.Label ?? session.Title ?? session.Key,
            DerivedTitle = session.Title,
            LastMessagePreview = session.LastPreview,
            Category = session.Settings.Category,
            CreatedAt = session.CreatedAt,
            Archived = session.Settings.Archived,
            Pinned = session.Settings.Pinned,
            Unread = session.Settings.Unread,
            ModelProvider = model is null ? null : Provider,
            Model = model,
            InputTokens = session.Tokens.Input,
            OutputTokens = session.Tokens.Output,
            TotalTokens = session.LastTurnTokens,
            ContextTokens = context,
            Status = active.Length > 0 ? "running" : session.LastStopReason switch { null => null, "aborted" => "killed", "error" => "failed", _ => "done" },
            AbortedLastRun = session.LastStopReason == "aborted",
            HasActiveRun = active.Length > 0,
            ActiveRunIds = active,
            ActiveLeafEntryId = session.LeafId,
            SpawnedBy = session.SpawnedBy,
            ForkSource = session.Fork is { } fork ? new(fork.Key, fork.SessionId, fork.MessageId) : null,
        };
    }

    /// <summary>A session that nobody has said anything in: it begins with the first message.</summary>
    private SessionRow Unbegun(string key)
    {
        var (model, context) = DefaultModel(_context.Agents.Of(key));
        return Row(key, null, null) with { ModelProvider = model is null ? null : Provider, Model = model, ContextTokens = context };
    }

    private SessionRow Row(string key, string? id, long? updatedAt) => new(key, id, updatedAt)
    {
        Classification = key == SessionKey.MainOf(SessionKey.Agent(key)) ? "main" : "custom",
        IsMain = key == SessionKey.MainOf(SessionKey.Agent(key)),
        AgentId = SessionKey.Agent(key),
        DisplayName = key,
        SnapshotAt = _context.Now,
    };

    private static SessionEntry ToEntry(Session session) => new(
        session.Id, session.UpdatedAt, session.CreatedAt, session.Settings.Label, session.Settings.Model, session.Settings.Category,
        OnlyIf(session.Settings.Pinned), OnlyIf(session.Settings.Archived), OnlyIf(session.Settings.Unread));

    private static bool? OnlyIf(bool flag) => flag ? true : null;

    internal static ChatRow ToRow(Session session, SessionMessage message, int? mostCharacters = null)
    {
        var (isAnswer, isSummary, isResult) = (message.Role == SessionMessage.Assistant, message.Role == SessionMessage.Summary, message.Role == SessionMessage.Tool);
        return new ChatRow(isSummary ? "system" : isResult ? "toolResult" : message.Role, Content(message, mostCharacters ?? int.MaxValue), message.Ts)
        {
            ToolCallId = message.ToolCallId,
            ToolName = message.ToolName,
            IsError = isResult ? message.IsError : null,
            IdempotencyKey = message.IdempotencyKey,
            Provider = isAnswer ? Provider : null,
            Model = message.Model,
            Usage = isAnswer ? new(message.InputTokens, message.OutputTokens, message.InputTokens + message.OutputTokens) : null,
            StopReason = message.StopReason,
            ExcludeFromContext = OnlyIf(message.OutOfContext),
            Origin = new(message.Id, message.Seq, message.Ts, message.RunId, message.IdempotencyKey, new(session.Id, message.Seq)) { Kind = isSummary ? "compaction" : null },
        };
    }

    private static IReadOnlyList<IPayload> Content(SessionMessage message, int most)
    {
        var calls = message.ToolCalls.Select(call => new ToolCallBlock(call.Id, call.Name, JsonElement.Parse(call.Arguments)));
        return message.Text.Length > 0 || message.ToolCalls.Count == 0 ? [new TextBlock(Cut(message.Text, most)), .. calls] : [.. calls];
    }
}
