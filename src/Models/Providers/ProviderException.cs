namespace Models.Providers;

/// <summary>A model elsewhere did not answer, or not to the end.</summary>
public sealed class ProviderException : ModelException
{
    /// <summary>Creates the error with its message for a person.</summary>
    /// <param name="fault">What went wrong.</param>
    /// <param name="message">What happened, why, and what to do.</param>
    /// <param name="inner">The fault underneath, or null.</param>
    public ProviderException(UpstreamFault fault, string message, Exception? inner = null) : base(message, inner) => Fault = fault;

    /// <summary>What went wrong.</summary>
    public UpstreamFault Fault { get; }

    /// <summary>When it asks to be tried again, or null.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>True where it surely charges nothing: it was never reached, or said no.</summary>
    public bool IsFree => Fault is UpstreamFault.RateLimited or UpstreamFault.Denied or UpstreamFault.NoKey or UpstreamFault.Billing or UpstreamFault.ContextExceeded or UpstreamFault.BadRequest or UpstreamFault.Overloaded || NeverSent;

    /// <summary>True where no connection came about, so that nothing was sent.</summary>
    public bool NeverSent { get; init; }
}
