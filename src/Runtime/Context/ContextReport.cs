using Microsoft.Extensions.AI;
using Models.Generation;
using Models.Tokens;
using Runtime.Agents;
using Runtime.Sessions;
using Runtime.Tools;

namespace Runtime.Context;

/// <summary>What a model would be told, piece by piece, with what each costs. Immutable.</summary>
/// <param name="Window">Tokens of prompt and answer that the model takes.</param>
/// <param name="Lines">The pieces, in order.</param>
/// <param name="Total">Tokens of the whole prompt.</param>
public sealed record ContextReport(int Window, IReadOnlyList<ContextLine> Lines, int Total)
{
    /// <summary>What a model would be told if something were said now.</summary>
    /// <param name="agent">Who would be told.</param>
    /// <param name="allowed">The tools it may call.</param>
    /// <param name="transcript">What was said before.</param>
    /// <param name="text">What would be said.</param>
    /// <param name="model">The model's tokenizer, chat template and window; it need not be loaded.</param>
    /// <param name="time">The clock.</param>
    public static ContextReport Make(
        Agent agent, IReadOnlyList<Tool> allowed, IReadOnlyList<SessionMessage> transcript, string text, (Tokenizer Tokenizer, ChatTemplate? Template, int Window) model, TimeProvider time)
    {
        const string run = "now";
        var target = ContextTarget.Of(model.Window, model.Tokenizer, model.Template);
        IReadOnlyList<SessionMessage> all =
            [.. transcript, new SessionMessage(run, transcript.Count + 1, time.GetUtcNow().ToUnixTimeMilliseconds(), SessionMessage.User, text) { RunId = run }];
        var plan = PromptPlan.Make(agent, allowed, all, target);
        var history = new History(HistoryWindow.Cut(all, run, plan.HistoryRoom, target.Count), run, time.LocalTimeZone, target).Messages;
        var tools = plan.Tools.OfType<AIFunctionDeclaration>().ToList();

        var lines = plan.Parts.Select(part => new ContextLine(part.Name, "file", target.Count(part.Text))).ToList();
        var total = Count(tools);
        foreach (var tool in tools) lines.Add(new ContextLine(tool.Name, "tool", total - Count([.. tools.Where(t => t != tool)])));
        if (tools.Count > 0) lines.Add(new ContextLine("how to call", "template", total - Count([]) - lines.Where(l => l.Kind == "tool").Sum(l => l.Tokens)));
        var said = history.Sum(m => target.Count(m.Text) + m.Contents.OfType<FunctionResultContent>().Sum(r => target.Count($"{r.Result}")));
        lines.Add(new ContextLine("conversation", "history", said));
        lines.Add(new ContextLine("marks between", "template", total - lines.Sum(l => l.Tokens)));
        return new ContextReport(model.Window, lines, total);

        int Count(IReadOnlyList<AIFunctionDeclaration> some)
        {
            IEnumerable<ChatMessage> messages = plan.System.Length > 0 ? history.Prepend(new ChatMessage(ChatRole.System, plan.System)) : history;
            return model.Tokenizer.Encode(ChatPrompt.Render(model.Template, model.Tokenizer, messages, some, null), addSpecialTokens: model.Template is null).Length;
        }
    }
}

/// <summary>A piece of a prompt.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Kind"><c>file</c>, <c>tool</c>, <c>history</c>, or <c>template</c> for what the model's own template adds.</param>
/// <param name="Tokens">What it costs.</param>
public sealed record ContextLine(string Name, string Kind, int Tokens);
