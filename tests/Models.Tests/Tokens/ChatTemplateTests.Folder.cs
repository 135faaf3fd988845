using Models.Tokens;
using TestKit;

namespace Models.Tests.Tokens;

public sealed partial class ChatTemplateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void FromFolder_NeitherFile_IsNull() => Assert.Null(ChatTemplate.FromFolder(_folder));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"chat_template": null}""")]
    public void FromFolder_ConfigWithoutTemplate_IsNull(string config)
    {
        Write("tokenizer_config.json", config);
        Assert.Null(ChatTemplate.FromFolder(_folder));
    }

    [Theory]
    [InlineData("""{"chat_template": "from {{ 'config' }}"}""", "from config")]
    [InlineData("""{"chat_template": [{"name": "tool_use", "template": "t"}, {"name": "default", "template": "d"}]}""", "d")]
    public void FromFolder_Config_GivesItsTemplate(string config, string expected)
    {
        Write("tokenizer_config.json", config);
        Assert.Equal(expected, ChatTemplate.FromFolder(_folder)!.Render([]));
    }

    [Fact]
    public void FromFolder_BothFiles_TakesTheTemplateFile()
    {
        Write("tokenizer_config.json", """{"chat_template": "config"}""");
        Write("chat_template.jinja", "file\n");
        Assert.Equal("file", ChatTemplate.FromFolder(_folder)!.Render([]));
    }

    [Theory]
    [InlineData("tokenizer_config.json", "{", "malformed")]
    [InlineData("tokenizer_config.json", "[]", "malformed")]
    [InlineData("tokenizer_config.json", """{"chat_template": 5}""", "malformed")]
    [InlineData("tokenizer_config.json", """{"chat_template": {}}""", "neither a text nor a list")]
    [InlineData("tokenizer_config.json", """{"chat_template": [{"name": "tool_use", "template": "t"}]}""", "'default'")]
    [InlineData("tokenizer_config.json", """{"chat_template": [{"name": "default"}]}""", "no text")]
    [InlineData("tokenizer_config.json", """{"chat_template": "{% foo %}"}""", "the tag 'foo' is not supported")]
    [InlineData("chat_template.jinja", "\n{{ x", "line 2")]
    public void FromFolder_BadFile_IsNamedWithTheReason(string file, string content, string reason)
    {
        Write(file, content);
        var error = Assert.Throws<TemplateException>(() => ChatTemplate.FromFolder(_folder));
        Assert.Contains(Path.Combine(_folder, file), error.Message);
        Assert.Contains(reason, error.Message);
    }

    [SharedFact("tokenizers/configs")]
    public void FromFolder_PublishedModels_HaveTemplates()
    {
        foreach (var folder in Directory.GetDirectories(Shared.Find("tokenizers", "configs")!)) Assert.NotNull(ChatTemplate.FromFolder(folder));
    }

    private void Write(string file, string content) => File.WriteAllText(Path.Combine(_folder, file), content);
}
