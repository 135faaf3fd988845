using FsCheck;
using FsCheck.Fluent;
using Models.Store;

namespace Models.Tests.Store;

public sealed class ModelNameTests
{
    [Theory]
    [InlineData("story")]
    [InlineData("qwen2.5:0.5b")]
    [InlineData("Qwen2.5-0.5B-Instruct_Q4.0")]
    [InlineData("7")]
    public void Check_UsualName_IsKept(string name) => Assert.Equal(name, ModelName.Check(name));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData(".staging")]
    [InlineData("-rf")]
    [InlineData("a/b")]
    [InlineData("../a")]
    [InlineData("a\\b")]
    [InlineData("a b")]
    [InlineData("a\0b")]
    [InlineData("ä")]
    [InlineData("a\n")]
    public void Check_UnsafeName_Throws(string name) => Assert.Throws<StoreException>(() => ModelName.Check(name));

    [Fact]
    public void Check_TooLong_Throws()
    {
        Assert.True(ModelName.IsValid(new string('a', 128)));
        Assert.False(ModelName.IsValid(new string('a', 129)));
    }

    [Theory]
    [InlineData("/models/story.gguf", "story")]
    [InlineData("/models/tok 260K.BIN", "tok-260K")]
    [InlineData("/models/tinystories-656k/", "tinystories-656k")]
    [InlineData("/models/.hidden.gguf", "hidden")]
    [InlineData("/", "model")]
    [InlineData("/models/(x)", "x-")]
    public void FromPath_FileOrFolder_GivesItsName(string path, string name) => Assert.Equal(name, ModelName.FromPath(path));

    [Fact]
    public void FromPath_AnyText_GivesAValidName() =>
        Prop.ForAll<string>(path => ModelName.IsValid(ModelName.FromPath(path ?? ""))).QuickCheckThrowOnFailure();

    [Fact]
    public void IsValid_AnyTextOfTrickyCharacters_IsOnlyTrueForOneVisiblePathSegment()
    {
        var tricky = Gen.Elements('a', 'Z', '7', '.', '_', '-', ':', '/', '\\', '\0', '~', ' ', '%', 'é').ListOf()
            .Select(characters => string.Concat(characters)).ToArbitrary();
        Prop.ForAll(tricky, name => !ModelName.IsValid(name) ||
            (Path.GetFullPath(Path.Combine("/models", name)) == "/models/" + name && char.IsAsciiLetterOrDigit(name[0])))
            .QuickCheckThrowOnFailure();
    }
}
