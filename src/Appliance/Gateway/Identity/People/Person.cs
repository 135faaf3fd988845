namespace Appliance.Gateway.Identity.People;

/// <summary>Somebody who may use this box. Immutable.</summary>
/// <param name="Id">Their name in files, keys and logs.</param>
/// <param name="Role">The name of their role.</param>
internal sealed record Person(string Id, string Role)
{
    /// <summary>Who holds the gateway's own token; the only person where none is configured.</summary>
    public const string OwnerId = "owner";

    /// <summary>How they are called, or null.</summary>
    public string? Name { get; init; }

    /// <summary>The subject of their JWTs, or null.</summary>
    public string? Subject { get; init; }

    /// <summary>Their login in the tailnet, or null.</summary>
    public string? Tailnet { get; init; }

    /// <summary>True for what may be an id: it becomes a part of session keys.</summary>
    public static bool IsId(string id) => id.Length is > 0 and <= 64 && char.IsAsciiLetterLower(id[0]) && id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_');
}
