using Runtime.Sessions;
using Runtime.Tools;

namespace Runtime.Agents.Turns;

/// <summary>Notices a turn that goes round in circles: the same call with the same result, again and again. For one turn, one thread.</summary>
internal sealed class LoopGuard
{
    private const int Warned = 3, Stuck = 5;
    private readonly Dictionary<(string, string, string), int> _seen = [];

    /// <summary>True once it makes no sense to go on calling.</summary>
    public bool IsStuck { get; private set; }

    /// <summary>Counts a call; the result says so where it was the same several times.</summary>
    public ToolResult See(SessionToolCall call, ToolResult result)
    {
        var key = (call.Name, call.Arguments, result.Text);
        var times = _seen[key] = _seen.GetValueOrDefault(key) + 1;
        IsStuck |= times >= Stuck;
        return times < Warned ? result : result with { Text = $"{result.Text}\n[The same call gave the same result {times} times. Do something else, or answer.]" };
    }
}
