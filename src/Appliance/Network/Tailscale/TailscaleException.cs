using Models;

namespace Appliance.Network.Tailscale;

/// <summary>Tailscale cannot be used as it is. The message says what happened, why, and what to do.</summary>
internal sealed class TailscaleException(TailscaleFault fault, string message, Exception? inner = null) : ModelException(message, inner)
{
    private const string Key = "tskey-";

    /// <summary>Which it is.</summary>
    public TailscaleFault Fault { get; } = fault;

    /// <summary>
    /// What a command that failed means, by what it wrote (cmd/tailscale/cli of 1.56 to 1.103). Permission comes first: a socket that may not be
    /// opened is told as a daemon that cannot be reached.
    /// </summary>
    public static TailscaleException Of(string text)
    {
        if (Has("access denied") || Has("permission denied"))
            return new(TailscaleFault.NoPermission, $"Tailscale refuses this user ({Environment.UserName}), because only root and its operator may change it. `sudo tailscale set --operator={Environment.UserName}`, once, makes this user its operator.");
        if (Has("failed to connect to local tailscale") || Has("lost connection to tailscaled") || Has("connect: connection refused") || Has("connect: no such file"))
            return new(TailscaleFault.NoDaemon, "Tailscale's daemon does not answer, because it does not run on this machine. `sudo systemctl enable --now tailscaled` starts it.");
        if (Has("logged out") || Has("needslogin") || Has("not logged in")) return LoggedOut(null);
        return new(TailscaleFault.Other, $"Tailscale did not do it: {LastWords(text)}");

        bool Has(string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Nobody is logged in.</summary>
    /// <param name="url">Where one would log in, where the daemon waits for that; or null.</param>
    public static TailscaleException LoggedOut(string? url) => new(TailscaleFault.NotConnected,
        $"This machine is in no tailnet, because nobody is logged in. `appliance network tailscale up` logs in{(url is null ? "" : $", or open {url}")}.");

    /// <summary>A text without control characters and auth keys: what Tailscale wrote is for a terminal and a log.</summary>
    public static string Clean(string text)
    {
        for (var at = text.IndexOf(Key, StringComparison.Ordinal); at >= 0; at = text.IndexOf(Key, at + Key.Length, StringComparison.Ordinal))
        {
            var end = at + Key.Length;
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '-')) end++;
            text = $"{text[..(at + Key.Length)]}…{text[end..]}";
        }
        return text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) : text;
    }

    // The last line that says something: what comes before it is progress.
    private static string LastWords(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() is { } line ? Clean(line.Length > 400 ? line[..400] : line) : "it said nothing.";
}
