namespace Appliance.Gateway.Protocol;

/// <summary>Error codes of responses (PROTOCOL.md §4).</summary>
internal static class ErrorCode
{
    /// <summary>The request is wrong, or its method unknown.</summary>
    public const string InvalidRequest = "INVALID_REQUEST";

    /// <summary>The caller may not.</summary>
    public const string Forbidden = "FORBIDDEN";

    /// <summary>Right, but not now, or not on this gateway.</summary>
    public const string Unavailable = "UNAVAILABLE";

    /// <summary>There is no such approval, or it has ended.</summary>
    public const string ApprovalNotFound = "APPROVAL_NOT_FOUND";

    /// <summary>The device must be approved first.</summary>
    public const string NotPaired = "NOT_PAIRED";
}
