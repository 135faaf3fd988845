using System.Net;
using System.Text;
using Appliance.FirstBoot.Settings;

namespace Appliance.FirstBoot.Setup;

/// <summary>The pages of setup: plain HTML, no script, nothing from elsewhere. Pure.</summary>
internal static class SetupPage
{
    /// <summary>Name of the field that only this server's own page has.</summary>
    public const string Proof = "proof";

    /// <summary>Name of the field for a network that is not in the list.</summary>
    public const string OtherSsid = "other_ssid";

    /// <summary>How they look.</summary>
    public const string Style = "body{font:1.1rem system-ui,sans-serif;max-width:32rem;margin:1rem auto;padding:0 1rem;color:#222;background:#fff}label{display:block;margin:.9rem 0}input,select,button{font:inherit;display:block;width:100%;box-sizing:border-box;padding:.5rem;margin-top:.2rem}input[type=checkbox]{display:inline;width:auto}button{background:#1a56b0;color:#fff;border:0;border-radius:.3rem;margin-top:1.5rem}ul{color:#a11}code{font-size:1.2rem;word-break:break-all;background:#eee;display:block;padding:.6rem}";

    /// <summary>The questions.</summary>
    /// <param name="texts">The language.</param>
    /// <param name="proof">Proves that the answers come from this page.</param>
    /// <param name="networks">What the radio sees.</param>
    /// <param name="zones">Time zones to choose from.</param>
    /// <param name="given">What was answered before; passwords are not said again.</param>
    /// <param name="faults">What is wrong with it.</param>
    public static string Questions(SetupTexts texts, string proof, IReadOnlyList<string> networks, IReadOnlyList<string> zones, IReadOnlyDictionary<string, string> given, IReadOnlyList<SettingFault> faults)
    {
        var page = new StringBuilder().Append($"<p>{Text(texts.Hello)}</p>");
        if (faults.Count > 0) page.Append($"<p>{Text(texts.Wrong)}</p><ul>").AppendJoin("", faults.Select(fault => $"<li>{Text($"{fault.Key}: {fault.Why}")}</li>")).Append("</ul>");
        page.Append($"<form method=\"post\" action=\"/\" autocomplete=\"off\"><input type=\"hidden\" name=\"{Proof}\" value=\"{Text(proof)}\">");
        page.Append($"<label>{Text(texts.Network)}<select name=\"{SettingKey.WifiSsid}\"><option></option>");
        foreach (var network in networks) page.Append($"<option{(Given(SettingKey.WifiSsid) == network ? " selected" : "")}>{Text(network)}</option>");
        page.Append("</select></label>");
        Input(OtherSsid, texts.Other, "text", "32");
        page.Append($"<label><input type=\"checkbox\" name=\"{SettingKey.WifiHidden}\" value=\"yes\"> {Text(texts.Hidden)}</label>");
        Input(SettingKey.WifiPassword, texts.Password, "password", "64");
        Input(SettingKey.WifiCountry, texts.Country, "text", "2");
        Input(SettingKey.AdminName, texts.Name, "text", "64");
        Input(SettingKey.Hostname, texts.Box, "text", "63");
        Input(SettingKey.TimeZone, texts.Zone, "text", "64", " list=\"zones\"");
        page.Append("<datalist id=\"zones\">").AppendJoin("", zones.Select(zone => $"<option>{Text(zone)}</option>")).Append("</datalist>");
        page.Append($"<label>{Text(texts.Speak)}<select name=\"{SettingKey.Language}\">");
        foreach (var (code, name) in new[] { ("en", "English"), ("de", "Deutsch"), ("zh", "中文") })
            page.Append($"<option value=\"{code}\"{((Given(SettingKey.Language) is { Length: > 0 } chosen ? chosen : texts.Language) == code ? " selected" : "")}>{name}</option>");
        page.Append($"</select></label><label><input type=\"checkbox\" name=\"{SettingKey.Mdns}\" value=\"yes\"{(Given(SettingKey.Mdns) == "yes" ? " checked" : "")}> {Text(texts.Found)}</label>");
        page.Append($"<button>{Text(texts.Save)}</button></form>");
        return Whole(texts, texts.Title, page.ToString());

        string Given(string name) => given.GetValueOrDefault(name, "");

        void Input(string name, string label, string type, string most, string more = "") =>
            page.Append($"<label>{Text(label)}<input name=\"{name}\" type=\"{type}\" maxlength=\"{most}\" value=\"{(type == "password" ? "" : Text(Given(name)))}\"{more}></label>");
    }

    /// <summary>What was saved, and the token where it is to be seen.</summary>
    public static string Saved(SetupTexts texts, string proof, string? token) => Whole(texts, texts.DoneTitle,
        (token is null ? "" : $"<p>{Text(texts.Token)}</p><code>{Text(token)}</code><p>{Text(texts.Once)}</p>") +
        $"<p>{Text(texts.After)}</p><form method=\"post\" action=\"/finish\"><input type=\"hidden\" name=\"{Proof}\" value=\"{Text(proof)}\"><button>{Text(texts.Finish)}</button></form>");

    /// <summary>A sentence.</summary>
    public static string Note(SetupTexts texts, string sentence) => Whole(texts, texts.Title, $"<p>{Text(sentence)}</p>");

    private static string Whole(SetupTexts texts, string title, string body) =>
        $"<!doctype html><html lang=\"{texts.Language}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{Text(title)}</title><link rel=\"stylesheet\" href=\"/style.css\"></head><body><h1>{Text(title)}</h1>{body}</body></html>";

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
