using System.Globalization;

namespace Models.Routing;

/// <summary>What the router deals with, in words for a person. Pure.</summary>
public static class RoutingWords
{
    /// <summary>Classes of data: "personal or secret".</summary>
    public static string Of(DataClass data, string last = "or")
    {
        List<string> words = [];
        if (data.HasFlag(DataClass.Personal)) words.Add("personal");
        if (data.HasFlag(DataClass.Sensor)) words.Add("sensor");
        if (data.HasFlag(DataClass.Secret)) words.Add("secret");
        if (data.HasFlag(DataClass.Regulated)) words.Add("regulated");
        return words.Count switch { 0 => "public", 1 => words[0], _ => $"{string.Join(", ", words[..^1])} {last} {words[^1]}" };
    }

    /// <summary>A profile, as settings spell it.</summary>
    public static string Of(RoutingProfile profile) => profile switch
    {
        RoutingProfile.LocalOnly => "local-only",
        RoutingProfile.CloudFirst => "cloud-first",
        _ => profile.ToString().ToLowerInvariant(),
    };

    /// <summary>Millionths of a dollar as dollars.</summary>
    public static string Dollars(long micros) => "$" + (micros / 1_000_000m).ToString(micros % 10_000 == 0 ? "0.00" : "0.00####", CultureInfo.InvariantCulture);
}
