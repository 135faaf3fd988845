using FsCheck;
using FsCheck.Fluent;
using Runtime.Reflexes.Matching;
using Runtime.Reflexes.Slots;

namespace Runtime.Tests.Reflexes.Matching;

public sealed class SentenceTests
{
    [Theory]
    [InlineData("set [a|the] timer", "set timer", true)]
    [InlineData("set [a|the] timer", "set the timer", true)]
    [InlineData("set [a|the] timer", "set a the timer", false)]
    [InlineData("set [a|the] timer", "please set the timer", false)]
    [InlineData("(turn|switch) (on|off)", "SWITCH off!", true)]
    [InlineData("(turn|switch) (on|off)", "switch", false)]
    [InlineData("(a|b [c|(d|e) f])", "b e f", true)]
    [InlineData("(a|b [c|(d|e) f])", "b e", false)]
    [InlineData("für", "fuer", true)]
    [InlineData("what's up", "What’s up?", true)]
    [InlineData("几点了", "几 点 了？", true)]
    [InlineData("at 7 pm", "at 7 p.m.", true)]
    [InlineData("well known", "well-known", true)]
    [InlineData("a b", "a. b", false)]
    [InlineData("a b", "a, b", true)]
    [InlineData("read notes txt", "read notes.txt", true)]
    public void Match_WholeSentencesOnly(string sentence, string said, bool isOne) => Assert.Equal(isOne, Match(sentence, said) is not null);

    [Theory]
    [InlineData("say {text} twice", "say it twice twice", "it twice")]
    [InlineData("remind me to {text} at noon", "remind me to meet Dr Who, at Kings Cross at noon", "meet Dr Who, at Kings Cross")]
    [InlineData("say {text}", "say  Hello,  World!", "Hello,  World")]
    public void Match_Text_IsAsItWasSaid(string sentence, string said, string text) => Assert.Equal(text, Match(sentence, said)!.Single().Said);

    [Fact]
    public void Match_Text_EndsWithItsSentence() => Assert.Null(Match("say {text}", "say this. and do that"));

    [Theory]
    [InlineData("")]
    [InlineData("[a]")]
    [InlineData("[a] [b|c]")]
    [InlineData("(a")]
    [InlineData("a)")]
    [InlineData("a]")]
    [InlineData("{}")]
    [InlineData("a {b")]
    [InlineData("{a b}")]
    [InlineData("(|[a])")]
    [InlineData("((((((((((a))))))))))")]
    public void Add_NoSentence_SaysSo_AndTheBookIsAsItWas(string sentence)
    {
        var book = new SentenceBook();
        book.Add("x");
        var steps = book.Steps.Count;
        Assert.Throws<FormatException>(() => book.Add(sentence));
        Assert.Equal(steps, book.Steps.Count);
    }

    [Fact]
    public void Add_Anything_IsASentenceOrAnError() => Prop.ForAll(Sentences.ToArbitrary(), sentence =>
    {
        try { return new SentenceBook().Add(sentence) == 0; }
        catch (FormatException) { return true; }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Match_WhatASentenceSays_IsFound() => Prop.ForAll(Trees.ToArbitrary(), tree => Match(tree.Sentence, tree.Said) is not null).QuickCheckThrowOnFailure();

    [Fact]
    public void Match_AnythingAtAll_EndsWithinItsSteps() => Prop.ForAll(Sentences.ToArbitrary(), Said.ToArbitrary(), (sentence, said) =>
    {
        try { Match(sentence, said); }
        catch (FormatException) { }
        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Match_SentenceThatBranchesWithoutEnd_GivesUp()
    {
        // Every word has many ways: without a bound this would take longer than anybody lives.
        var sentence = string.Concat(Enumerable.Repeat("[{text}] ", 20)) + "end";
        Assert.Null(Match(sentence, string.Join(' ', Enumerable.Repeat("a", 60))));
    }

    [Fact]
    public void Utterance_AnyText_HasItsPiecesInOrder() => Prop.ForAll(ArbMap.Default.GeneratorFor<string>().Where(text => text is not null).ToArbitrary(), text =>
    {
        if (Utterance.Of(text) is not { } said) return true;
        var at = 0;
        foreach (var token in said.Tokens)
        {
            if (token.Start < at || token.End <= token.Start || token.End > text.Length || token.Key.Length == 0) return false;
            at = token.End;
        }
        return said.Between(0, said.Tokens.Count).Length <= text.Length;
    }).QuickCheckThrowOnFailure();

    private static Gen<string> Said => Gen.Elements("a", "b", "set", "timer", "5", "7:30", "half", "an", "hour", "in", "the", "at", "一", "个", "半", "点", "+", ".", "p.m.", "ß", "x'y", "\u0000", "😀").NonEmptyListOf().Select(words => string.Join(' ', words));

    private static Gen<string> Sentences => Gen.Elements("a", "set", "timer", "(", ")", "[", "]", "|", "{text}", "{number}", "{", "}", " ", "一").NonEmptyListOf().Select(string.Concat);

    // A sentence, and one way to say it.
    private static Gen<(string Sentence, string Said)> Trees => Gen.Sized(size => Tree(Math.Min(size, 30)));

    private static Gen<(string Sentence, string Said)> Tree(int size)
    {
        var word = Gen.Elements("turn", "the", "light", "on", "五", "fünf").Select(w => (w, w));
        if (size < 2) return word;
        var half = Tree(size / 2);
        return Gen.OneOf(
            word,
            half.SelectMany(a => half.Select(b => ($"{a.Sentence} {b.Sentence}", $"{a.Said} {b.Said}"))),
            half.SelectMany(a => half.Select(b => ($"({a.Sentence}|{b.Sentence})", b.Said))),
            half.SelectMany(a => word.Select(b => ($"[{a.Sentence}] {b.Item1}", b.Item2))));
    }

    private static IReadOnlyList<SlotValue>? Match(string sentence, string said)
    {
        var book = new SentenceBook();
        var step = book.Add(sentence);
        return Utterance.Of(said) is { } utterance ? new SentenceMatcher(book, utterance, new SlotReader(new WordLists(), _ => null, default)).Match(step, 0, utterance.Tokens.Count) : null;
    }
}
