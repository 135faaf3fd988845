using Runtime.Sessions;
using Runtime.Tools;

namespace Runtime.Context;

/// <summary>
/// Which tools a model is told of. All, where they take no more than their share of the window. Otherwise those that the conversation has
/// to do with: called before, found by <c>tools</c>, or named by words that people said; then the first of the table, as many as fit. A
/// tool that came in stays in, so that the prompt's beginning changes seldom. Pure.
/// </summary>
internal static class ToolSelection
{
    // Tools take up to a quarter of a small window, and of a large one so many tokens: a small model does not get better by more of them.
    private const int MostTokens = 720;

    /// <summary>The tools to tell of, in the order of the table.</summary>
    /// <param name="tools">All that may be called.</param>
    /// <param name="transcript">What was said.</param>
    /// <param name="target">Who is told.</param>
    public static IReadOnlyList<Tool> Choose(IReadOnlyList<Tool> tools, IReadOnlyList<SessionMessage> transcript, ContextTarget target)
    {
        if (!target.CanChat) return [];
        var room = Math.Min(MostTokens, target.Window / 4);
        var costs = tools.ToDictionary(t => t, t => target.CostOf(ToolCard.Of(t)));
        if (costs.Values.Sum() <= room) return tools;

        var chosen = new HashSet<Tool>();
        Take(tools.Where(t => t.Name == ToolsTool.ToolName));
        var wanted = transcript.SelectMany(m => m.ToolName == ToolsTool.ToolName ? ToolsTool.Named(m.Text) : m.ToolCalls.Select(c => c.Name)).ToHashSet(StringComparer.Ordinal);
        Take(tools.Where(t => wanted.Contains(t.Name)));
        foreach (var message in transcript.Where(m => m.Role == SessionMessage.User)) Take(ToolsTool.Relevant(tools, message.Text));
        Take(tools);
        return [.. tools.Where(chosen.Contains)];

        void Take(IEnumerable<Tool> some)
        {
            foreach (var tool in some)
                if (costs[tool] <= room && chosen.Add(tool)) room -= costs[tool];
        }
    }
}
