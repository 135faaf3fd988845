using System.CommandLine;
using System.Text.Json;
using Appliance.Commands.Config;
using Models;
using TestKit;

namespace Appliance.Tests.Commands.Config;

public sealed class ConfigCommandTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    private string FilePath => _home["appliance.json"];

    public void Dispose() => _home.Dispose();

    [Fact]
    public void SetGetUnset_ASetting_GoesThereAndBack()
    {
        File.WriteAllText(FilePath, "{\n  // mine\n  \"models\": { \"default\": \"a\" }\n}\n");
        Assert.Contains("needs a restart", Run("set", "gateway.port", "4711").Error);
        Assert.Equal("4711\n", Run("get", "gateway.port").Output);
        Assert.Equal("a\n", Run("get", "models.default").Output);
        Assert.Equal("\"a\"\n", Run("get", "models.default", "--json").Output);
        Assert.Equal(4711, JsonDocument.Parse(Run("get").Output).RootElement.GetProperty("gateway").GetProperty("port").GetInt32());
        Run("unset", "gateway.port");
        Assert.Equal("18789\n", Run("get", "gateway.port").Output);
        Assert.Contains("// mine", File.ReadAllText(FilePath));
        Assert.Equal(1, Run("get", "gateway.token").Code);
    }

    [Theory]
    [InlineData("gateway.prot", "1", "Did you mean gateway.port?")]
    [InlineData("gateway.port", "many", "must be integer")]
    [InlineData("gateway.bind", "0.0.0.0", "set gateway.token too")]
    [InlineData("gateway..port", "1", "is no path")]
    public void Set_WhatCannotBe_IsRefused(string path, string value, string expected)
    {
        Assert.Contains(expected, Assert.Throws<ModelException>(() => Run("set", path, value)).Message);
        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public void Get_ASecret_DoesNotShowIt()
    {
        var secret = new string('s', 40);
        Assert.Contains("in the file itself", Run("set", "gateway.token", secret).Error);
        Assert.DoesNotContain(secret, Run("get").Output + Run("get", "gateway.token").Output);
        Run("set", "gateway.token", """{"env": "MY_TOKEN"}""");
        Assert.Contains("MY_TOKEN", Run("get", "gateway.token").Output);
    }

    [Fact]
    public void Validate_SaysWhatIsWrongAndEndsWith1()
    {
        Assert.Equal(0, Run("validate").Code);
        File.WriteAllText(FilePath, "{\n  \"gatway\": {},\n  \"gateway\": {\"port\": \"x\"}\n}");
        var (code, output, _) = Run("validate");
        Assert.Equal(1, code);
        Assert.Contains("warning: line 2: gatway", output);
        Assert.Contains("error: line 3: gateway.port", output);
        var json = JsonDocument.Parse(Run("validate", "--json").Output).RootElement;
        Assert.False(json.GetProperty("valid").GetBoolean());
        Assert.Equal("gateway.port", json.GetProperty("issues")[1].GetProperty("path").GetString());
    }

    [Fact]
    public void Edit_WithAnEditor_ReplacesTheFileWhenItCanBeUsed()
    {
        var editor = _home["editor.sh"];
        File.WriteAllText(editor, "#!/bin/sh\nprintf '{ // edited\\n \"models\": {\"default\": \"e\"} }' > \"$1\"\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(editor, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Environment.SetEnvironmentVariable("VISUAL", editor);
        try
        {
            Run("edit");
            Assert.Contains("// edited", File.ReadAllText(FilePath));
            File.Delete(editor);
            File.WriteAllText(editor, "#!/bin/sh\necho '{ broken' > \"$1\"\n");
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(editor, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            Assert.Contains("The configuration is as it was", Assert.Throws<ModelException>(() => Run("edit")).Message);
            Assert.Contains("// edited", File.ReadAllText(FilePath));
        }
        finally
        {
            Environment.SetEnvironmentVariable("VISUAL", null);
        }
    }

    [Fact]
    public void Schema_IsOne() => Assert.Equal("object", JsonDocument.Parse(Run("schema").Output).RootElement.GetProperty("type").GetString());

    private (int Code, string Output, string Error) Run(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = ConfigCommand.Create(() => _home.Path).Parse(arguments).Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        return (code, output.ToString(), error.ToString());
    }
}
