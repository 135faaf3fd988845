using System.Text;
using Appliance.FirstBoot.Applying;
using Models.Crypto;
using QRCoder;

namespace Appliance.FirstBoot.Setup;

/// <summary>The wireless network that a box opens until it is set up: WPA2 with a key that was drawn once for this box. Immutable.</summary>
/// <param name="Ssid">Its name, ASCII.</param>
/// <param name="Key">Its password, ASCII.</param>
internal sealed record AccessPoint(string Ssid, string Key)
{
    // Where the key is kept, so that a label stays right across restarts.
    private const string File = FirstBootState.Folder + "/access-point.txt";

    // Nothing that looks like something else: 31 signs, 20 of them are 99 bits.
    private const string Signs = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <summary>The one of this box; drawn where there is none yet.</summary>
    public static AccessPoint Of(BoxFiles files)
    {
        if (files.Read(File).Split('\n') is [{ Length: > 0 } ssid, { Length: 23 } key, ..]) return new(ssid, key);
        var made = new AccessPoint($"Appliance-{Draw(4).ToUpperInvariant()}", string.Join('-', Enumerable.Range(0, 4).Select(_ => Draw(5))));
        files.Write(File, $"{made.Ssid}\n{made.Key}\n", BoxFiles.Secret);
        return made;
    }

    /// <summary>What phones read from a picture to join it.</summary>
    public string QrText => $"WIFI:T:WPA;S:{Escape(Ssid)};P:{Escape(Key)};;";

    /// <summary>The picture in characters, for a console or a text file.</summary>
    public string QrPicture()
    {
        using var data = QRCodeGenerator.GenerateQrCode(QrText, QRCodeGenerator.ECCLevel.M);
        using var picture = new AsciiQRCode(data);
        return picture.GetGraphicSmall();
    }

    /// <summary>The picture as PNG, for a label.</summary>
    public byte[] QrPng()
    {
        using var data = QRCodeGenerator.GenerateQrCode(QrText, QRCodeGenerator.ECCLevel.M);
        using var picture = new PngByteQRCode(data);
        return picture.GetGraphic(8);
    }

    /// <summary>A key is for nobody's log.</summary>
    public override string ToString() => Ssid;

    // The signs that end or separate a field of it.
    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var c in text)
        {
            if (c is '\\' or ';' or ',' or ':' or '"') escaped.Append('\\');
            escaped.Append(c);
        }
        return escaped.ToString();
    }

    private static string Draw(int length)
    {
        var drawn = new StringBuilder(length);
        Span<byte> bits = stackalloc byte[1];
        while (drawn.Length < length)
        {
            RandomBits.Fill(bits);
            // What is beyond a multiple would make some signs likelier.
            if (bits[0] < byte.MaxValue / Signs.Length * Signs.Length) drawn.Append(Signs[bits[0] % Signs.Length]);
        }
        return drawn.ToString();
    }
}
