using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Runtime.Reflexes.Languages;
using Runtime.Reflexes.Matching;
using Runtime.Reflexes.Slots;

namespace Runtime.Tests.Reflexes.Slots;

public sealed class SlotReaderTests
{
    // A Thursday, shortly after ten.
    private static readonly DateTime Now = new(2026, 11, 26, 10, 5, 0, DateTimeKind.Unspecified);

    [Theory]
    [InlineData("en", "5 minutes", "5m")]
    [InlineData("en", "an hour and a half", "90m")]
    [InlineData("en", "one and a half hours", "90m")]
    [InlineData("en", "1h30m", "90m")]
    [InlineData("en", "half an hour", "30m")]
    [InlineData("en", "twenty five minutes and ten seconds", "1510s")]
    [InlineData("en", "2.5 hours", "150m")]
    [InlineData("en", "two days", "2d")]
    [InlineData("en", "one hundred and twenty seconds", null)]
    [InlineData("en", "5 minutes 3 hours", null)]
    [InlineData("en", "5", null)]
    [InlineData("en", "0 minutes", null)]
    [InlineData("en", "99999 days", null)]
    [InlineData("de", "eine halbe Stunde", "30m")]
    [InlineData("de", "anderthalb Stunden", "90m")]
    [InlineData("de", "fünfundvierzig Minuten", "45m")]
    [InlineData("de", "einer Stunde und zehn Minuten", "70m")]
    [InlineData("de", "2,5 Stunden", "150m")]
    [InlineData("zh", "五分钟", "5m")]
    [InlineData("zh", "二十五分钟", "25m")]
    [InlineData("zh", "一百二十秒", "2m")]
    [InlineData("zh", "一个半小时", "90m")]
    [InlineData("zh", "半小时", "30m")]
    [InlineData("zh", "两小时十分钟", "130m")]
    public void Duration_AsPeopleSayIt(string language, string said, string? value) => Assert.Equal(value, Read(language, "duration", said));

    [Theory]
    [InlineData("en", "at 7 am", "2026-11-27T07:00")]
    [InlineData("en", "at 7:30", "2026-11-26T19:30")]
    [InlineData("en", "at 11", "2026-11-26T11:00")]
    [InlineData("en", "14:00", "2026-11-26T14:00")]
    [InlineData("en", "07:00", "2026-11-27T07:00")]
    [InlineData("en", "tomorrow at half past six in the morning", "2026-11-27T06:30")]
    [InlineData("en", "tomorrow at 3", "2026-11-27T15:00")]
    [InlineData("en", "at quarter to nine tomorrow", "2026-11-27T08:45")]
    [InlineData("en", "on friday at 10 am", "2026-11-27T10:00")]
    [InlineData("en", "on thursday at 9 am", "2026-12-03T09:00")]
    [InlineData("en", "at noon", "2026-11-26T12:00")]
    [InlineData("en", "at midnight", "2026-11-27T00:00")]
    [InlineData("en", "12 am", "2026-11-27T00:00")]
    [InlineData("en", "12 p.m.", "2026-11-26T12:00")]
    [InlineData("en", "today at 9 am", null)]
    [InlineData("en", "7", null)]
    [InlineData("en", "tomorrow", null)]
    [InlineData("en", "at 25", null)]
    [InlineData("de", "um halb acht", "2026-11-27T07:30")]
    [InlineData("de", "morgen um 7 Uhr 15", "2026-11-27T07:15")]
    [InlineData("de", "um viertel vor elf", "2026-11-26T10:45")]
    [InlineData("de", "heute abend um 8 Uhr abends", "2026-11-26T20:00")]
    [InlineData("zh", "明天早上七点半", "2026-11-27T07:30")]
    [InlineData("zh", "下午三点", "2026-11-26T15:00")]
    [InlineData("zh", "中午十二点", "2026-11-26T12:00")]
    [InlineData("zh", "下午三点二十分", "2026-11-26T15:20")]
    public void Time_AsPeopleSayIt(string language, string said, string? value) => Assert.Equal(value, Read(language, "time", said));

    [Theory]
    [InlineData("en", "12*7", "12*7")]
    [InlineData("en", "twelve times seven", "12 * 7")]
    [InlineData("en", "20% of 85", "20 % of 85")]
    [InlineData("en", "(3 + 4) * 2", "(3+4)*2")]
    [InlineData("en", "1,000 + 2", "1000+2")]
    [InlineData("en", "24/7", null)]
    [InlineData("en", "555-1234", null)]
    [InlineData("en", "10 - 3", "10-3")]
    [InlineData("en", "twelve", null)]
    [InlineData("en", "2 +", null)]
    [InlineData("de", "3,5 mal 8", "3.5 * 8")]
    [InlineData("zh", "十二乘以七", "12 * 7")]
    public void Expression_AsPeopleSayIt(string language, string said, string? value) => Assert.Equal(value, Read(language, "expression", said));

    [Fact]
    public void Number_InChinese_IsWhatItSays() => Prop.ForAll(Gen.Choose(1, 9999).ToArbitrary(), number =>
        Read("zh", "number", Chinese(number)) == number.ToString(CultureInfo.InvariantCulture)).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_Slot_OfAnyWords_EndsBehindItsBeginning() => Prop.ForAll(Words.ToArbitrary(), text =>
    {
        if (Utterance.Of(text) is not { } said) return true;
        foreach (var language in BuiltIn.All)
        {
            var reader = new SlotReader(language.Lists, _ => null, Now);
            foreach (var slot in new[] { "text", "number", "duration", "time", "expression", "list", "measure" })
            {
                for (var at = 0; at < said.Tokens.Count; at++)
                {
                    if (reader.Read(slot, said, at, said.Tokens.Count).Any(value => value.End <= at || value.End > said.Tokens.Count || value.Said.Length == 0)) return false;
                }
            }
        }
        return true;
    }).QuickCheckThrowOnFailure();

    private static Gen<string> Words => Gen.Elements(
        "5", "7:30", "24:00", "99:99", "1e9", "999999999999999999999999", "twenty", "hundred", "half", "past", "an", "hour", "and", "a", "tomorrow", "at", "pm", "on", "friday", "uhr", "halb", "viertel", "vor", "null",
        "十", "百", "二", "点", "半", "刻", "下", "午", "分", "钟", "+", "-", "(", ")", "%", "of", "km", ".", ",", "०", "٣").NonEmptyListOf().Select(words => string.Join(' ', words));

    // What the whole of a text means; null where it is not that.
    private static string? Read(string language, string slot, string text)
    {
        var said = Utterance.Of(text)!;
        var words = BuiltIn.All.Single(l => l.Source == $"{language}.txt");
        var value = new SlotReader(words.Lists, _ => null, Now).Read(slot, said, 0, said.Tokens.Count).FirstOrDefault();
        return value.End == said.Tokens.Count ? value.Value : null;
    }

    private static string Chinese(int number)
    {
        const string Digits = "零一二三四五六七八九";
        var (text, rest) = ("", number);
        foreach (var (unit, name) in new[] { (1000, "千"), (100, "百"), (10, "十"), (1, "") })
        {
            var digit = rest / unit;
            rest %= unit;
            if (digit > 0) text += Digits[digit] + name;
        }
        return text;
    }
}
