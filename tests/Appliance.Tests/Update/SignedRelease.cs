using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Appliance.Update;
using Appliance.Update.Manifests;
using Appliance.Update.Slots;
using Models.Crypto;

namespace Appliance.Tests.Update;

/// <summary>Makes releases and signs them.</summary>
internal sealed class SignedRelease
{
    private readonly byte[] _seed = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    public byte[] PublicKey => Ed25519.PublicKey(_seed);

    public JsonObject Manifest { get; } = new()
    {
        ["format"] = 1,
        ["kind"] = "binary",
        ["version"] = "0.2.0",
        ["release"] = 5,
        ["from"] = 0,
        ["channel"] = "stable",
        ["created"] = At(-1),
        ["expires"] = At(300),
        ["files"] = new JsonArray(),
    };

    public SignedRelease() => Manifest["key"] = ManifestReader.IdOf(PublicKey);

    public static string At(int days) => DateTimeOffset.UtcNow.AddDays(days).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A program that says something, of a release's manifest.</summary>
    public static JsonObject File(string folder, string name, byte[] content, string role = "program", string? rid = null, string? installedAs = null)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllBytes(path, content);
        var file = new JsonObject { ["role"] = role, ["name"] = name, ["size"] = content.Length, ["sha256"] = Convert.ToHexStringLower(Sha256.Hash(content)) };
        if (role is not ("model" or "skill")) file["rid"] = rid ?? Updater.Rid;
        if (installedAs is not null) file["as"] = installedAs;
        return file;
    }

    public static byte[] Script(string says) => Encoding.UTF8.GetBytes($"#!/bin/sh\necho \"{says}\"\n");

    /// <summary>Writes manifest and signature into a folder.</summary>
    public string WriteTo(string folder)
    {
        var (path, text) = (Path.Combine(folder, $"update-{Manifest["channel"]}.json"), Encoding.UTF8.GetBytes(Manifest.ToJsonString()));
        System.IO.File.WriteAllBytes(path, text);
        System.IO.File.WriteAllBytes(path + ".sig", Sign(text));
        return path;
    }

    public byte[] Sign(byte[] text) => Ed25519.Sign(_seed, text);

    public UpdateManifest Read() => Encoding.UTF8.GetBytes(Manifest.ToJsonString()) is var text ? ManifestReader.Read(text, Sign(text), [PublicKey]) : null!;

    /// <summary>Slots that take this key.</summary>
    public SlotFolder Trusting(SlotFolder slots)
    {
        new UpdateSettings("stable", null, [Convert.ToHexStringLower(PublicKey)]).Save(slots);
        return slots;
    }
}
