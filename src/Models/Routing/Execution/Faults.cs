using Models.Budget;
using Models.Generation;
using Models.Providers;

namespace Models.Routing.Execution;

/// <summary>What an error of a model, wherever it runs, means for who is asked next. Pure.</summary>
internal static class Faults
{
    /// <summary>Its class, or null for what is a bug.</summary>
    public static UpstreamFault? Of(Exception error) => error switch
    {
        ProviderException e => e.Fault,
        GenerationException { IsContextExceeded: true } => UpstreamFault.ContextExceeded,
        GenerationException { RetryAfter: not null } or MemoryException => UpstreamFault.Overloaded,
        ModelException => UpstreamFault.BadRequest,
        _ => null,
    };

    /// <summary>When it asks to be tried again, or null.</summary>
    public static TimeSpan? RetryAfter(Exception error) => error switch
    {
        ProviderException e => e.RetryAfter,
        GenerationException e => e.RetryAfter,
        _ => null,
    };

    /// <summary>True where the same target may do better in a moment.</summary>
    public static bool MayPass(UpstreamFault fault) => fault is UpstreamFault.Unreachable or UpstreamFault.Timeout or UpstreamFault.Server or UpstreamFault.Overloaded
        or UpstreamFault.RateLimited or UpstreamFault.Cut or UpstreamFault.BadAnswer;
}
