using Appliance.FirstBoot;
using Appliance.FirstBoot.Applying;
using Appliance.FirstBoot.Setup;
using TestKit;

namespace Appliance.Tests.FirstBoot;

public sealed class AccessPointTests
{
    [Fact]
    public void Of_SameBox_IsTheSameAndOthersAreOthers()
    {
        using var folder = new TemporaryFolder();
        var files = new BoxFiles(folder["box"]);
        var point = AccessPoint.Of(files);
        Assert.Equal(point, AccessPoint.Of(files));
        Assert.NotEqual(point.Key, AccessPoint.Of(new BoxFiles(folder["other"])).Key);
        Assert.Matches("^Appliance-[A-Z2-9]{4}$", point.Ssid);
        Assert.Matches("^([a-km-np-z2-9]{5}-){3}[a-km-np-z2-9]{5}$", point.Key);
        Assert.DoesNotContain(point.Key, point.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void QrText_SignsThatEndAField_AreEscaped() =>
        Assert.Equal("""WIFI:T:WPA;S:a\;b\:c\,d;P:\"\\e;;""", new AccessPoint("a;b:c,d", "\"\\e").QrText);

    [Fact]
    public void Label_IsOnTheBootPartitionUntilItIsTakenAway()
    {
        using var folder = new TemporaryFolder();
        var (boot, point) = (new BootPartition(folder.Path), new AccessPoint("Appliance-TEST", "abcde-abcde-abcde-abcde"));
        SetupLabel.Show(boot, new BoxFiles(folder["box"]), point, new Uri("http://10.86.74.1"), note => Assert.Fail(note));
        foreach (var path in new[] { folder[SetupLabel.TextName], folder["box/run/issue.d/00-appliance-setup.issue"] }) Assert.Contains(point.Key, File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Equal([0x89, 0x50, 0x4e, 0x47], File.ReadAllBytes(folder[SetupLabel.PictureName])[..4]);
        SetupLabel.Remove(boot);
        Assert.Equal(["box"], Directory.EnumerateFileSystemEntries(folder.Path).Select(p => Path.GetFileName(p)));
    }

    [Fact]
    public void Scan_WhatTheRadioSees_StrongestFirstAndOnlyWhatAPasswordOpens() => Assert.Equal(["Café \"1\"", "Home"], RadioScan.Read("""
        bssid / frequency / signal level / flags / ssid
        02:00:00:00:01:00	2412	-60	[WPA2-PSK-CCMP][ESS]	Home
        02:00:00:00:02:00	2412	-40	[WPA2-PSK-CCMP][ESS]	Caf\xc3\xa9 \"1\"
        02:00:00:00:03:00	2412	-30	[ESS]	Open
        02:00:00:00:04:00	2412	-70	[WPA2-PSK-CCMP][ESS]	Home
        02:00:00:00:05:00	2412	-20	[WPA2-PSK-CCMP][ESS]	\x00\x00
        02:00:00:00:06:00	2412	-20	[WPA2-PSK-CCMP][ESS]	bad\xff
        02:00:00:00:07:00	2412	-20	[WPA2-PSK-CCMP][ESS]	end\
        02:00:00:00:08:00	2412	-20	[WPA2-PSK-CCMP][ESS]	
        nonsense
        """));

    [Fact]
    public void Files_ForWpaSupplicant_HoldNoMoreThanOneNetwork()
    {
        var text = WifiFiles.Client("a\"}\nnetwork={", "\"}#{$(x)\\n", "DE", isHidden: false);
        Assert.Single(text.Split('\n'), line => line == "network={");
        Assert.Single(text.Split('\n'), line => line == "}");
        Assert.Contains("\tssid=61227d0a6e6574776f726b3d7b\n", text, StringComparison.Ordinal);
        Assert.Contains("\tpsk=\"\"}#{$(x)\\n\"\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("SAE", WifiFiles.Client("a", new string('a', 64), "DE", isHidden: false), StringComparison.Ordinal);
    }
}
