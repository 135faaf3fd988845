namespace Models.Providers;

/// <summary>What went wrong with a model elsewhere, by what follows from it.</summary>
public enum UpstreamFault
{
    /// <summary>It could not be reached, or the connection broke before it answered.</summary>
    Unreachable,

    /// <summary>It took too long.</summary>
    Timeout,

    /// <summary>It is in trouble (5xx).</summary>
    Server,

    /// <summary>It has too much to do (503, 529).</summary>
    Overloaded,

    /// <summary>It is asked too often (429).</summary>
    RateLimited,

    /// <summary>The key is not taken (401, 403), or there is no such model for it (404).</summary>
    Denied,

    /// <summary>Its key could not be fetched from where it is kept; nothing was sent.</summary>
    NoKey,

    /// <summary>The account has no money left (402, insufficient_quota).</summary>
    Billing,

    /// <summary>The conversation is longer than it takes.</summary>
    ContextExceeded,

    /// <summary>It does not want to answer this.</summary>
    Refused,

    /// <summary>It does not understand what it was asked (400, 422).</summary>
    BadRequest,

    /// <summary>What came is no answer of it: a captive portal's page, broken JSON.</summary>
    BadAnswer,

    /// <summary>The answer broke off in the middle.</summary>
    Cut,
}
