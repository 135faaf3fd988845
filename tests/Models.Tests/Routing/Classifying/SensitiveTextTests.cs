using System.Text.Json;
using Models.Routing;
using Models.Routing.Classifying;
using TestKit;
using Xunit.Abstractions;

namespace Models.Tests.Routing.Classifying;

public sealed class SensitiveTextTests(ITestOutputHelper output)
{
    private const int Ways = 10;

    [Fact]
    public void Find_FiveThousandSecretsOfFortyShapes_MissesHardlyAny()
    {
        Assert.Equal(40, SecretShapes.All.Count);
        var secrets = new SecretShapes(20261125);
        var missed = new Dictionary<string, int>();
        var found = 0;
        for (var i = 0; i < 5000; i++)
        {
            var (name, make) = SecretShapes.All[i % 40];
            var way = i / 40 % Ways;
            var texts = secrets.Hide(make(secrets), way);
            if (texts.Any(text => SensitiveText.Find(text).Count > 0) || SensitiveText.FindSpread(texts).Count > 0) found++;
            else missed[$"{name} way {way}"] = missed.GetValueOrDefault($"{name} way {way}") + 1;
        }
        output.WriteLine($"figure: secrets found: {found} of 5000 (40 shapes, {Ways} ways of hiding)");
        foreach (var (what, count) in missed) output.WriteLine($"missed {what}: {count}");
        Assert.InRange(found, 4950, 5000);
    }

    [SharedFact("evals/bfcl")]
    public void Find_OrdinaryPrompts_RaisesHardlyAnyFalseAlarm()
    {
        var (prompts, alarms, bytes) = (0, 0, 0L);
        var time = TimeSpan.Zero;
        foreach (var file in Directory.EnumerateFiles(Shared.Find("evals", "bfcl")!, "BFCL_*.json"))
        {
            foreach (var line in File.ReadLines(file))
            {
                using var row = JsonDocument.Parse(line);
                foreach (var message in row.RootElement.GetProperty("question").EnumerateArray().SelectMany(turn => turn.EnumerateArray()))
                {
                    prompts++;
                    var text = message.GetProperty("content").GetString()!;
                    var began = System.Diagnostics.Stopwatch.GetTimestamp();
                    var found = SensitiveText.Find(text);
                    (time, bytes) = (time + System.Diagnostics.Stopwatch.GetElapsedTime(began), bytes + text.Length);
                    if (found is not [var first, ..]) continue;
                    alarms++;
                    output.WriteLine($"{first.Shape}: {text}");
                }
            }
        }
        output.WriteLine($"figure: false alarms: {alarms} of {prompts} ordinary prompts, {bytes / time.TotalSeconds / 1e6:0} MB/s");
        Assert.True(prompts > 900);
        Assert.InRange(alarms, 0, prompts / 50);
    }

    [Theory]
    [InlineData("AKIAIOSFODNN7EXAMPLE", DataClass.Secret)]
    [InlineData("mail jo@home.example.org please", DataClass.Personal)]
    [InlineData("4111 1111 1111 1111", DataClass.Regulated)]
    [InlineData("DE89 3704 0044 0532 0130 00", DataClass.Regulated)]
    [InlineData("my SSN is 219-09-9999", DataClass.Regulated)]
    [InlineData("NHS number 943 476 5919", DataClass.Regulated)]
    [InlineData("call me at 555 2671 99", DataClass.Personal)]
    [InlineData("the password is hunter22", DataClass.Secret)]
    [InlineData("""{"password":"hunter22"}""", DataClass.Secret)]
    [InlineData("s\u200Bk-proj-\u200Babcdefghij1234567890", DataClass.Secret)]
    [InlineData("ｓｋ－proj-abcdefghij1234567890", DataClass.Secret)]
    public void Find_OneOfAKind_SaysItsClass(string text, DataClass expected) =>
        Assert.Equal(expected, SensitiveText.Find(text).Aggregate(DataClass.Public, (all, found) => all | found.Class) & expected);

    [Theory]
    [InlineData("4111 1111 1111 1112")]
    [InlineData("DE89 3704 0044 0532 0130 01")]
    [InlineData("Compare the seasons 2019-2020 and 2021-2022, and 2022-01-01 with 2022-02-01.")]
    [InlineData("What is 1234567890 times 0.000123456789?")]
    [InlineData("Use a token, not a password: the password is required, tokens = 4096.")]
    [InlineData("password = os.getenv(\"DB_PASSWORD\")")]
    [InlineData("api_key: ${API_KEY}")]
    [InlineData("commit 8f14e45fceea167a5a36dedd4bea2543 of risk-averse-and-task-oriented-people")]
    [InlineData("public static void CalculateReturnOnInvestmentForQuarter2OfYear2024()")]
    [InlineData("https://en.wikipedia.org/wiki/ISO_8601 @ noon")]
    public void Find_WhatOnlyLooksLikeIt_IsLeftAlone(string text) => Assert.Empty(SensitiveText.Find(text));

    [Fact]
    public void Find_LongTexts_TakesLinearTime()
    {
        foreach (var piece in (string[])["eyJ", "://a:b", "password ", "sk-", "@a.", "AB12 ", "\\u0041", "QUJD", "1234 ", "~/", "%41"])
        {
            var text = string.Concat(Enumerable.Repeat(piece, 100_000 / piece.Length));
            var small = Time(text[..10_000]);
            // Ten times as long: a hundred times the time would be quadratic.
            Assert.InRange(Time(text), TimeSpan.Zero, 60 * small + TimeSpan.FromMilliseconds(200));
        }

        static TimeSpan Time(string text) => ThreadClock.Best(() => SensitiveText.Find(text));
    }

    [Fact]
    public void Find_RandomText_NeverFails()
    {
        var random = new SeededRandom(5);
        const string Signs = "abzAZ059 .:/@\\%=-_+\"'()\n~eyJsk{}\u200BÄ１\uD800";
        for (var run = 0; run < 20_000; run++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(60)).Select(_ => Signs[random.Next(Signs.Length)])]);
            foreach (var found in SensitiveText.Find(text)) Assert.NotEqual(DataClass.Public, found.Class);
            SensitiveText.FindSpread([text, text]);
        }
    }
}
