namespace Eval.Talking;

/// <summary>Holds conversations with the program and looks at what it said and did.</summary>
internal static class Conversations
{
    /// <summary>Holds one, in a home of its own.</summary>
    /// <param name="talk">What is said.</param>
    /// <param name="home">An empty folder, but for a model maybe.</param>
    /// <param name="wrong">Hears of each exchange that was wrong: what the box said and did, and why that is wrong.</param>
    public static async Task<IReadOnlyList<Outcome>> HoldAsync(Talk talk, string home, Action<Exchange, BoxReply, string>? wrong = null)
    {
        var (all, known) = (new List<Outcome>(), new List<string> { $"{DateTime.Now:yyyy-MM-dd HH:mm}" });
        await using var box = await Box.StartAsync(home);
        foreach (var exchange in talk.Exchanges)
        {
            known.Add(exchange.Say);
            var reply = await box.SayAsync(exchange.Say, exchange.Approve);
            known.AddRange(reply.Calls.Select(call => call.Arguments));
            known.AddRange(reply.Results);
            var fault = FaultOf(exchange, reply, known) ?? await FaultAfterAsync(box, exchange);
            all.Add(new(fault is null, reply.IsReflex));
            if (fault is not null) wrong?.Invoke(exchange, reply, fault);
        }
        return all;
    }

    private static string? FaultOf(Exchange exchange, BoxReply reply, IEnumerable<string> known)
    {
        if (reply.Error is { } error) return error;
        if (Nonsense.Of(reply.Text, known) is { } nonsense) return nonsense;
        if (exchange.Calls is { } calls && !calls.SequenceEqual(reply.Calls.Select(call => call.Name))) return $"it should call {(calls.Count == 0 ? "nothing" : string.Join(", ", calls))}";
        // The apostrophe of books is one, too.
        var text = reply.Text.Replace('’', '\'');
        if (exchange.Reply?.IsMatch(text) == false) return $"it should say {exchange.Reply}";
        return exchange.Not?.Match(text) is { Success: true } match ? $"it should not say {match.Value}" : null;
    }

    private static async Task<string?> FaultAfterAsync(Box box, Exchange exchange)
    {
        foreach (var state in exchange.Then)
        {
            var found = await box.LookAsync(state);
            if (state.Has?.IsMatch(found) == false) return $"{state.Where} should say {state.Has} then, and says: {found}";
            if (state.Not?.Match(found) is { Success: true } match) return $"{state.Where} should not say {match.Value} then, and says: {found}";
        }
        return null;
    }
}

/// <summary>What came of an exchange.</summary>
/// <param name="IsRight">Whether all was as it has to be.</param>
/// <param name="IsReflex">Whether no model was needed.</param>
internal sealed record Outcome(bool IsRight, bool IsReflex);
