using Runtime.Skills;
using Runtime.Skills.Format;
using Runtime.Skills.Triggers;
using TestKit;

namespace Runtime.Tests.Skills.Triggers;

public sealed class TriggerTests
{
    [Theory]
    [InlineData("flip a coin", "Please, flip a COIN!", "")]
    [InlineData("flip a coin", "\"Flip  a\ncoin\"?", "")]
    [InlineData("flip a coin", "flip coin a", null)]
    [InlineData("flip a coin", "flip a coins", null)]
    [InlineData("flip a coin", "backflip a coin", null)]
    [InlineData("weather in {city}", "What is the weather in New York?", "city=New York")]
    [InlineData("weather in {city}", "the weather in", null)]
    [InlineData("weather in {city} on {day}", "weather in Stratford on Avon on Monday.", "city=Stratford day=Avon on Monday")]
    [InlineData("{amount} {unit}s", "", null)]
    [InlineData("put {what} on the list", "Put milk and (brown) bread on the list, please", "what=milk and (brown) bread")]
    [InlineData("put {what} on the list", "put on the list on the list", "what=on the list")]
    [InlineData("{what} kaufen", "Übermorgen ÄPFEL kaufen", "what=Übermorgen ÄPFEL")]
    [InlineData("äpfel", "ÄPFEL", "")]
    public void Match_OfAMessage_IsTheEarliestPlaceAndTheShortestTexts(string phrase, string message, string? found)
    {
        if (phrase == "{amount} {unit}s") Assert.Throws<SkillException>(() => TriggerPhrase.Read("{amount} {unit}"));
        else Assert.Equal(found, MessageWords.Of(message) is { } words && TriggerPhrase.Read(phrase).Match(words) is { } texts ? string.Join(' ', texts.Select(t => $"{t.Key}={t.Value}")) : null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ?! ")]
    [InlineData("{all}")]
    [InlineData("say {1x}")]
    [InlineData("say {text}")]
    [InlineData("say {a} and {a}")]
    [InlineData("a b c d e f g h i j k l m n o p q")]
    public void Read_WhatIsNoPhrase_SaysSo(string phrase) => Assert.Contains("trigger", Assert.Throws<SkillException>(() => TriggerPhrase.Read(phrase)).Message, StringComparison.Ordinal);

    [Fact]
    public void Match_OfALongText_CallsNothing()
    {
        var phrase = TriggerPhrase.Read("flip a coin");
        Assert.Null(MessageWords.Of(string.Join(' ', Enumerable.Repeat("word", 62)) + " flip a coin"));
        Assert.NotNull(phrase.Match(MessageWords.Of(string.Join(' ', Enumerable.Repeat("word", 61)) + " flip a coin")!));
        Assert.Null(MessageWords.Of("flip a coin " + new string('x', 1000)));
    }

    [Fact]
    public void Find_Several_TheOneWithMostWordsThenTheFirstByName_AndNoneThatCannotBeUsed()
    {
        Skill[] skills = [Of("a-coin", "flip a coin"), Of("b-coin", "flip a coin now"), Of("c-coin", "flip a coin now"), Of("d-coin", "flip a coin now please") with { IsDisabled = true }];
        Assert.Equal("a-coin", SkillTrigger.Find(skills, "flip a coin")!.Skill);
        Assert.Equal("b-coin", SkillTrigger.Find(skills, "flip a coin now please")!.Skill);
        Assert.Null(SkillTrigger.Find(skills, "nothing of that"));
    }

    // A phrase made from words and names, put into other words: what stands for the names is found again, whatever the case and punctuation.
    [Fact]
    public void Match_OfRandomPhrases_FindsWhatWasPutIn()
    {
        var random = new SeededRandom(71);
        for (var i = 0; i < 2000; i++)
        {
            var literals = Enumerable.Range(0, 1 + random.Next(3)).Select(n => $"w{n}x{random.Next(3)}").ToArray();
            var values = literals.Select((_, n) => string.Join(' ', Enumerable.Range(0, 1 + random.Next(3)).Select(m => $"v{n}y{m}"))).ToArray();
            var phrase = string.Join(' ', literals.Select((word, n) => $"{word} {{n{n}}}"));
            var said = string.Join(random.Next(2) == 0 ? " " : ", ", literals.Select((word, n) => $"{(random.Next(2) == 0 ? word.ToUpperInvariant() : word)} {values[n]}"));
            var before = random.Next(2) == 0 ? "" : "so then: ";
            var found = TriggerPhrase.Read(phrase).Match(MessageWords.Of(before + said)!);
            Assert.Equal(values, literals.Select((_, n) => found![$"n{n}"]));
        }
    }

    private static Skill Of(string name, string trigger) => new(name, SkillSource.User, "/x") { Manifest = SkillConfig.Read($$"""{"name":"{{name}}","description":"x","triggers":["{{trigger}}"]}""") };
}
