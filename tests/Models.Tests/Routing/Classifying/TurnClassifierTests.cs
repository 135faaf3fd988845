using Microsoft.Extensions.AI;
using Models.Routing;
using Models.Routing.Classifying;

namespace Models.Tests.Routing.Classifying;

public sealed class TurnClassifierTests
{
    private static readonly TurnClassifier Usual = new(ClassRule.Usual);

    [Fact]
    public void Classify_OrdinaryQuestion_IsPublic()
    {
        var found = Classify(new ChatMessage(ChatRole.User, "Wie weit ist es von Berlin nach Köln?"));
        Assert.Equal(DataClass.Public, found.Data);
        Assert.Empty(found.Why);
        Assert.Equal(("Latn", false, 38), (found.Script, found.IsCode, found.Bytes));
    }

    [Fact]
    public void Classify_WhatAToolRead_IsWhatTheToolReads()
    {
        Assert.Equal(DataClass.Personal, Classify(Call("memory_search"), Result("nothing special")).Data);
        Assert.Equal(DataClass.Sensor, Classify(Call("device_read"), Result("21.5")).Data);
        Assert.Equal(DataClass.Public, Classify(Call("web_fetch"), Result("a page")).Data);
        // Its call is gone: it may be anything.
        Assert.Equal(DataClass.All, Classify(Result("a page")).Data);
    }

    [Fact]
    public void Classify_ASecretInACallsArguments_IsFound()
    {
        var call = new FunctionCallContent("1", "web_fetch", new Dictionary<string, object?> { ["key"] = "ghp_0123456789abcdefghijABCDEFGHIJ012345" });
        var found = Classify(new ChatMessage(ChatRole.Assistant, [call]));
        Assert.Equal((DataClass.Secret, "a GitHub token is in it"), (found.Data, Assert.Single(found.Why)));
    }

    [Fact]
    public void Classify_ASecretInHalves_IsFoundWhoeverSpeaksBetween()
    {
        ChatMessage[] messages = [new(ChatRole.User, "It begins with sk-proj-abcdefgh"), new(ChatRole.Assistant, "And then?"), new(ChatRole.User, "ijklmn0123456789 and that is all")];
        Assert.Equal(DataClass.Secret, Classify(messages).Data);
    }

    [Fact]
    public void Classify_RulesOfTheOwner_AddUp()
    {
        var classifier = new TurnClassifier([new(DataClass.Regulated) { Channel = "clinic" }, new(DataClass.Sensor) { Text = "greenhouse" }, new(DataClass.Secret) { Agent = "vault", Channel = "none" }]);
        var found = classifier.Classify([new ChatMessage(ChatRole.User, "How warm is the Greenhouse?")], null, new TurnSource { Agent = "vault", Channel = "clinic", Taint = DataClass.Personal });
        Assert.Equal(DataClass.Regulated | DataClass.Sensor | DataClass.Personal, found.Data);
        Assert.Equal(["of what the conversation read before", "of where it comes from (clinic)", "\"greenhouse\" is in it"], found.Why);
    }

    [Fact]
    public void Classify_APicture_IsPersonal()
    {
        var found = Classify(new ChatMessage(ChatRole.User, [new DataContent(new byte[] { 1, 2, 3 }, "image/png")]));
        Assert.Equal((DataClass.Personal, true), (found.Data, found.HasImages));
        // What nobody can look into may be more: its owner says so.
        var classifier = new TurnClassifier([new(DataClass.Regulated) { Images = true, Channel = "clinic" }, new(DataClass.Secret) { Images = false }]);
        ChatMessage picture = new(ChatRole.User, [new DataContent(new byte[] { 1, 2, 3 }, "image/png")]);
        Assert.Equal(DataClass.Personal | DataClass.Regulated, classifier.Classify([picture], null, new TurnSource { Channel = "clinic" }).Data);
        Assert.Equal(DataClass.Personal, classifier.Classify([picture], null, new TurnSource()).Data);
        Assert.Equal(DataClass.Secret, classifier.Classify([new ChatMessage(ChatRole.User, "Hi")], null, new TurnSource()).Data);
    }

    [Fact]
    public void Classify_APicturesAddress_IsLookedAt()
    {
        var found = Classify(new ChatMessage(ChatRole.User, [new UriContent("https://pictures.example/a.png?token=ghp_0123456789abcdefghijABCDEFGHIJ012345", "image/png")]));
        Assert.Equal(DataClass.Personal | DataClass.Secret, found.Data);
        Assert.True(found.Bytes > 60);
    }

    [Fact]
    public void Classify_WhatNobodyCanLookAt_HoldsEverything()
    {
        var found = Classify(new ChatMessage(ChatRole.User, [new Unknown()]));
        Assert.Equal((DataClass.All, int.MaxValue), (found.Data, found.Bytes));
    }

    [Theory]
    [InlineData("こんにちは、東京の天気は?", "Jpan")]
    [InlineData("今天天气怎么样", "Hani")]
    [InlineData("Какая погода?", "Cyrl")]
    [InlineData("123 + 456", null)]
    public void Classify_AQuestion_TellsItsScript(string text, string? script) => Assert.Equal(script, Classify(new ChatMessage(ChatRole.User, text)).Script);

    [Fact]
    public void Classify_ProgramCode_IsSeen() => Assert.True(Classify(new ChatMessage(ChatRole.User, "Why?\n```\nint x;\n```")).IsCode);

    private static Classification Classify(params ChatMessage[] messages) => Usual.Classify(messages, null, new TurnSource());

    private static ChatMessage Call(string tool) => new(ChatRole.Assistant, [new FunctionCallContent("1", tool, new Dictionary<string, object?>())]);

    private static ChatMessage Result(string text) => new(ChatRole.Tool, [new FunctionResultContent("1", text)]);

    private sealed class Unknown : AIContent;
}
