using System.Text;
using System.Text.Json.Nodes;
using Appliance.Update;
using Appliance.Update.Manifests;
using Models.Crypto;

namespace Appliance.Tests.Update.Manifests;

public sealed class ManifestReaderTests
{
    private const string Hash = "00000000000000000000000000000000000000000000000000000000000000ff";
    private readonly SignedRelease _release = new();

    [Fact]
    public void Read_ASignedManifest_HasWhatIsInIt()
    {
        Files.Add(JsonNode.Parse($$"""{"role":"program","rid":"linux-x64","name":"bin/appliance-linux-x64","size":7,"sha256":"{{Hash}}","deltas":[{"from":"{{Hash}}","name":"d/1","size":3,"sha256":"{{Hash}}"}]}"""));
        var manifest = _release.Read();
        Assert.Equal((UpdateKind.Binary, "0.2.0", 5, "stable"), (manifest.Kind, manifest.Version, manifest.Release, manifest.Channel));
        var file = Assert.Single(manifest.Of("program", "linux-x64"));
        Assert.Equal(("bin/appliance-linux-x64", 7, "d/1"), (file.Name, file.Size, Assert.Single(file.Deltas).Name));
    }

    [Fact]
    public void Read_AnyByteChanged_IsRefused()
    {
        Files.Add(JsonNode.Parse($$"""{"role":"program","rid":"linux-x64","name":"a","size":7,"sha256":"{{Hash}}"}"""));
        var text = Encoding.UTF8.GetBytes(_release.Manifest.ToJsonString());
        var signature = _release.Sign(text);
        for (var at = 0; at < text.Length; at++)
        {
            var changed = text.ToArray();
            changed[at] ^= 1;
            Assert.Throws<UpdateException>(() => ManifestReader.Read(changed, signature, [_release.PublicKey]));
        }
        for (var at = 0; at < signature.Length; at++)
        {
            var changed = signature.ToArray();
            changed[at] ^= 1;
            Assert.Contains("signature", Assert.Throws<UpdateException>(() => ManifestReader.Read(text, changed, [_release.PublicKey])).Message, StringComparison.Ordinal);
        }
        foreach (var wrong in (byte[][])[[], signature[..63], [.. signature, 0]])
            Assert.Throws<UpdateException>(() => ManifestReader.Read(text, wrong, [_release.PublicKey]));
    }

    [Fact]
    public void Read_ByAKeyThatDoesNotCount_SaysWhich()
    {
        var text = Encoding.UTF8.GetBytes(_release.Manifest.ToJsonString());
        var other = Ed25519.PublicKey([.. Enumerable.Repeat((byte)9, 32)]);
        var said = Assert.Throws<UpdateException>(() => ManifestReader.Read(text, _release.Sign(text), [other])).Message;
        Assert.Contains(ManifestReader.IdOf(_release.PublicKey), said, StringComparison.Ordinal);
        Assert.Contains("no key", Assert.Throws<UpdateException>(() => ManifestReader.Read(text, _release.Sign(text), [])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("format", "2")]
    [InlineData("kind", "\"other\"")]
    [InlineData("version", "\"1\"")]
    [InlineData("version", "\"1.0.x\"")]
    [InlineData("release", "-1")]
    [InlineData("release", "\"5\"")]
    [InlineData("release", "5.5")]
    [InlineData("from", "null")]
    [InlineData("channel", "\"nightly\"")]
    [InlineData("created", "\"2026-01-01\"")]
    [InlineData("expires", "\"2026-13-01T00:00:00Z\"")]
    [InlineData("key", "\"00\"")]
    [InlineData("key", "\"0000000000000000\"")]
    [InlineData("files", "{}")]
    [InlineData("extra", "1")]
    public void Read_AFieldThatIsNotAsItShouldBe_RefusesTheWhole(string field, string value)
    {
        _release.Manifest[field] = JsonNode.Parse(value);
        Assert.Throws<UpdateException>(() => _release.Read());
    }

    [Theory]
    [InlineData("""{"role":"program","rid":"linux-x64","name":"../a","size":1,"sha256":"H"}""")]
    [InlineData("""{"role":"program","rid":"linux-x64","name":"/a","size":1,"sha256":"H"}""")]
    [InlineData("""{"role":"program","rid":"linux-x64","name":"a//b","size":1,"sha256":"H"}""")]
    [InlineData("""{"role":"program","rid":"linux-x64","name":"a\\b","size":1,"sha256":"H"}""")]
    [InlineData("""{"role":"program","rid":"linux-x64","name":"http://x/a","size":1,"sha256":"H"}""")]
    [InlineData("""{"role":"program","rid":"linux-x64","name":"a?b","size":1,"sha256":"H"}""")]
    [InlineData("""{"role":"program","rid":"mars","name":"a","size":1,"sha256":"H"}""")]
    [InlineData("""{"role":"program","name":"a","size":1,"sha256":"H"}""")]
    [InlineData("""{"role":"model","as":"m","name":"a","size":1,"sha256":"H"}""")]
    [InlineData("""{"role":"root","rid":"linux-x64","name":"a","size":1,"sha256":"H"}""")]
    [InlineData("""{"role":"program","rid":"linux-x64","name":"a","size":-1,"sha256":"H"}""")]
    [InlineData("""{"role":"program","rid":"linux-x64","name":"a","size":1,"sha256":"ff"}""")]
    [InlineData("""{"role":"program","rid":"linux-x64","name":"a","size":1,"sha256":"H","mode":1}""")]
    [InlineData("""{"role":"program","rid":"linux-x64","name":"a","name":"b","size":1,"sha256":"H"}""")]
    [InlineData("7")]
    public void Read_AFileThatIsNotAsItShouldBe_RefusesTheWhole(string file)
    {
        // As text: a tree of nodes takes no field twice.
        var text = Encoding.UTF8.GetBytes(_release.Manifest.ToJsonString().Replace("\"files\":[]", $"\"files\":[{file.Replace("\"H\"", $"\"{Hash}\"", StringComparison.Ordinal)}]", StringComparison.Ordinal));
        Assert.Throws<UpdateException>(() => ManifestReader.Read(text, _release.Sign(text), [_release.PublicKey]));
    }

    [Fact]
    public void Read_OneNameTwice_IsRefused()
    {
        foreach (var rid in (string[])["linux-x64", "linux-arm64"]) Files.Add(JsonNode.Parse($$"""{"role":"program","rid":"{{rid}}","name":"{{(rid == "linux-x64" ? "a" : "A")}}","size":1,"sha256":"{{Hash}}"}"""));
        Assert.Contains("twice", Assert.Throws<UpdateException>(() => _release.Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoJson_IsRefused()
    {
        foreach (var text in (byte[][])[[], "{"u8.ToArray(), "[]"u8.ToArray(), "null"u8.ToArray(), [0xff, 0xfe]])
            Assert.Throws<UpdateException>(() => ManifestReader.Read(text, _release.Sign(text), [_release.PublicKey]));
    }

    private JsonArray Files => (JsonArray)_release.Manifest["files"]!;
}
