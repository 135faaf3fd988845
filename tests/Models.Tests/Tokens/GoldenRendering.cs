using System.Text.Json.Nodes;
using Models.Tokens;
using TestKit;

namespace Models.Tests.Tokens;

/// <summary>The golden renderings of the folder Golden, made by Jinja2 (see render.py).</summary>
internal static class GoldenRendering
{
    /// <summary>The clock of render.py.</summary>
    public static TimeProvider Clock { get; } = new FixedClock(new DateTime(2025, 3, 7, 9, 5, 4).AddTicks(1234560));

    public static JsonNode Read(string name) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "tests", "Models.Tests", "Tokens", "Golden", name)))!;

    /// <summary>Renders a template and holds the outcome against Jinja2's.</summary>
    public static void AssertSame(JsonNode expected, string source, JsonObject variables)
    {
        switch ((string?)expected["error"])
        {
            case null:
                Assert.Equal((string)expected["text"]!, ChatTemplate.Parse(source).Render(variables, Clock));
                break;
            case "compile":
                Assert.Throws<TemplateException>(() => ChatTemplate.Parse(source));
                break;
            case "raised":
                var raised = Assert.Throws<TemplateException>(() => ChatTemplate.Parse(source).Render(variables, Clock));
                Assert.EndsWith((string)expected["message"]!, raised.Message);
                break;
            default:
                Assert.Throws<TemplateException>(() => ChatTemplate.Parse(source).Render(variables, Clock));
                break;
        }
    }

    private sealed class FixedClock(DateTime now) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(now, TimeSpan.Zero);
    }
}
