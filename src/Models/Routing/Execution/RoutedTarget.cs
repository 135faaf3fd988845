using Microsoft.Extensions.AI;
using Models.Budget;

namespace Models.Routing.Execution;

/// <summary>A target and the way to it.</summary>
/// <param name="Target">Who it is.</param>
/// <param name="Open">Gives its client; a model of this box may have to be loaded for that. The client belongs to whoever made the target.</param>
public sealed record RoutedTarget(Target Target, Func<CancellationToken, Task<IChatClient>> Open)
{
    /// <summary>Where it is, as records name it: <c>api.openai.com</c>; null for a model of this box.</summary>
    public string? Address { get; init; }

    /// <summary>Tokens of a conversation by its own tokenizer; null where that is not known, and it is estimated.</summary>
    /// <remarks>The last argument is true where it matters: a tokenizer that is not in memory is read for that alone.</remarks>
    public Func<IReadOnlyList<ChatMessage>, ChatOptions?, bool, int?> Count { get; init; } = (_, _, _) => null;

    /// <summary>What this machine's memory leaves it; null where it needs none of it.</summary>
    public Func<ModelRoom?> Room { get; init; } = () => null;

    /// <summary>How long it may take to its first token, and from one to the next.</summary>
    public (TimeSpan First, TimeSpan Between) Patience { get; init; } = Target.IsLocal ? (TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(2)) : (TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(30));
}
