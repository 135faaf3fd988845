using System.Buffers;

namespace Models.Routing.Classifying;

/// <summary>
/// Keys and tokens that begin in a way of their own, as their issuers document it, so that they can be found and revoked. A body of
/// small letters alone is somebody's example. Immutable.
/// </summary>
/// <param name="Prefix">How it begins.</param>
/// <param name="Body">What follows it.</param>
/// <param name="Least">Characters that follow at least.</param>
/// <param name="Shape">What it is, in words.</param>
internal sealed record TokenShape(string Prefix, SearchValues<char> Body, int Least, string Shape)
{
    private const string Digits = "0123456789", Lower = "abcdefghijklmnopqrstuvwxyz", Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static readonly SearchValues<char> Hex = SearchValues.Create(Digits + "abcdefABCDEF");
    private static readonly SearchValues<char> Plain = SearchValues.Create(Digits + Lower + Upper);
    private static readonly SearchValues<char> Word = SearchValues.Create(Digits + Lower + Upper + "_-");
    private static readonly SearchValues<char> Dotted = SearchValues.Create(Digits + Lower + Upper + "_-.");
    private static readonly SearchValues<char> Path = SearchValues.Create(Digits + Lower + Upper + "_-./+=");

    /// <summary>All that are known.</summary>
    public static readonly TokenShape[] All =
    [
        // OpenAI, Anthropic, DeepSeek, OpenRouter and others that took the form over.
        new("sk-", Word, 20, "a model provider's key"), new("gsk_", Plain, 20, "a Groq key"), new("xai-", Plain, 20, "an xAI key"), new("pplx-", Plain, 20, "a Perplexity key"),
        new("hf_", Plain, 20, "a Hugging Face token"), new("r8_", Plain, 20, "a Replicate token"), new("nvapi-", Word, 20, "an NVIDIA key"),
        new("AIza", Word, 30, "a Google key"), new("GOCSPX-", Word, 20, "a Google client secret"), new("ya29.", Word, 20, "a Google token"),
        new("ghp_", Plain, 20, "a GitHub token"), new("gho_", Plain, 20, "a GitHub token"), new("ghu_", Plain, 20, "a GitHub token"), new("ghs_", Plain, 20, "a GitHub token"),
        new("ghr_", Plain, 20, "a GitHub token"), new("github_pat_", Word, 20, "a GitHub token"),
        new("glpat-", Dotted, 16, "a GitLab token"), new("gldt-", Word, 16, "a GitLab token"), new("glrt-", Word, 16, "a GitLab token"), new("glptt-", Plain, 16, "a GitLab token"),
        new("AKIA", Plain, 16, "an AWS key"), new("ASIA", Plain, 16, "an AWS key"),
        new("xoxb-", Word, 10, "a Slack token"), new("xoxp-", Word, 10, "a Slack token"), new("xoxa-", Word, 10, "a Slack token"), new("xoxr-", Word, 10, "a Slack token"),
        new("xoxs-", Word, 10, "a Slack token"), new("xoxe.", Dotted, 10, "a Slack token"), new("xoxe-", Word, 10, "a Slack token"), new("xapp-", Word, 10, "a Slack token"),
        new("hooks.slack.com/services/", Path, 20, "a Slack webhook"), new("discord.com/api/webhooks/", Path, 20, "a Discord webhook"), new("discordapp.com/api/webhooks/", Path, 20, "a Discord webhook"),
        new("sk_live_", Plain, 10, "a Stripe key"), new("sk_test_", Plain, 10, "a Stripe key"), new("rk_live_", Plain, 10, "a Stripe key"), new("rk_test_", Plain, 10, "a Stripe key"), new("whsec_", Path, 16, "a webhook's secret"),
        new("SG.", Dotted, 40, "a SendGrid key"), new("key-", Hex, 32, "a Mailgun key"), new("SK", Hex, 32, "a Twilio key"), new("AC", Hex, 32, "a Twilio account"),
        new("npm_", Plain, 30, "an npm token"), new("pypi-", Word, 40, "a PyPI token"), new("rubygems_", Hex, 32, "a RubyGems key"), new("oy2", Plain, 40, "a NuGet key"), new("dckr_pat_", Word, 20, "a Docker token"),
        new("dop_v1_", Hex, 40, "a DigitalOcean token"), new("doo_v1_", Hex, 40, "a DigitalOcean token"), new("dor_v1_", Hex, 40, "a DigitalOcean token"),
        new("shpat_", Hex, 20, "a Shopify token"), new("shpca_", Hex, 20, "a Shopify token"), new("shppa_", Hex, 20, "a Shopify token"), new("shpss_", Hex, 20, "a Shopify secret"),
        new("sq0atp-", Word, 20, "a Square token"), new("sq0csp-", Word, 20, "a Square secret"), new("EAAA", Word, 50, "a Square or Meta token"), new("EAAC", Word, 50, "a Meta token"),
        new("lin_api_", Plain, 20, "a Linear key"), new("ntn_", Plain, 30, "a Notion token"), new("secret_", Plain, 30, "a Notion token"), new("dapi", Hex, 32, "a Databricks token"),
        new("dp.pt.", Plain, 30, "a Doppler token"), new("dp.st.", Dotted, 30, "a Doppler token"), new("glc_", Path, 30, "a Grafana token"), new("glsa_", Word, 30, "a Grafana token"),
        new("NRAK-", Plain, 20, "a New Relic key"), new("sntrys_", Path, 30, "a Sentry token"), new("PMAK-", Word, 40, "a Postman key"), new("figd_", Word, 30, "a Figma token"),
        new("ATATT3", Path, 50, "an Atlassian token"), new("hvs.", Word, 20, "a Vault token"), new("hvb.", Word, 20, "a Vault token"), new("tskey-", Word, 16, "a Tailscale key"),
        new("sbp_", Hex, 32, "a Supabase token"), new("pscale_tkn_", Dotted, 20, "a PlanetScale token"), new("pscale_pw_", Dotted, 20, "a PlanetScale password"), new("fo1_", Word, 30, "a Fly.io token"),
        new("nfp_", Plain, 30, "a Netlify token"), new("HRKU-", Word, 30, "a Heroku key"), new("AGE-SECRET-KEY-1", Plain, 40, "an age key"), new("AccountKey=", Path, 40, "an Azure storage key"),
        new("SharedAccessKey=", Path, 30, "an Azure access key"), new("Bearer ", Path, 16, "a bearer token"), new("bearer ", Path, 16, "a bearer token"), new("Basic ", Path, 12, "a login"),
        new("xprv", Plain, 80, "a wallet's key"),
    ];

    private static readonly SearchValues<string> Prefixes = SearchValues.Create([.. All.Select(shape => shape.Prefix)], StringComparison.Ordinal);

    /// <summary>Finds all of them.</summary>
    public static void Find(ReadOnlySpan<char> text, List<Finding> findings)
    {
        for (var from = 0; from < text.Length;)
        {
            var at = text[from..].IndexOfAny(Prefixes);
            if (at < 0) return;
            at += from;
            from = at + 1;
            if (at > 0 && char.IsAsciiLetterOrDigit(text[at - 1])) continue;
            foreach (var shape in All)
            {
                if (!text[at..].StartsWith(shape.Prefix, StringComparison.Ordinal)) continue;
                var body = text[(at + shape.Prefix.Length)..];
                var end = body.IndexOfAnyExcept(shape.Body);
                if (end >= 0) body = body[..end];
                if (body.Length < shape.Least || body.IndexOfAnyInRange('0', '9') < 0 && body.IndexOfAnyInRange('A', 'Z') < 0) continue;
                findings.Add(new Finding(shape.Shape, DataClass.Secret, at, shape.Prefix.Length + body.Length));
                from = at + shape.Prefix.Length + body.Length;
                break;
            }
        }
    }
}
