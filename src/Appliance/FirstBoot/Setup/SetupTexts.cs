namespace Appliance.FirstBoot.Setup;

/// <summary>What the setup page says, in one language. Immutable.</summary>
internal sealed record SetupTexts(
    string Language, string Title, string Hello, string Network, string Other, string Password, string Country, string Hidden, string Name, string Zone, string Speak, string Box, string Found, string Save,
    string Wrong, string DoneTitle, string Token, string Once, string After, string Finish, string Ending, string Busy)
{
    /// <summary>All of them; the first is for who speaks none.</summary>
    public static IReadOnlyList<SetupTexts> All { get; } =
    [
        new("en", "Set up your assistant", "A few answers, and the box joins your network. Nothing leaves it now.", "Wi-Fi network", "or another one (its name)", "Its password", "Country (two letters)", "This network does not say its name",
            "Your name", "Time zone", "Language of the answers", "What the box is called", "Phones and programs in my network may find the box by mDNS", "Save", "Please correct this:", "Saved", "Your token", "It is shown this once, and lets programs and phones in. Write it down now.",
            "After you press the button the box starts anew, joins your network, and this one goes away.", "I have written it down: start", "The box starts anew. Join your own network again.", "Too many tries. Wait a minute."),
        new("de", "Richte deinen Assistenten ein", "Ein paar Antworten, und die Box geht in dein Netz. Jetzt verlässt sie nichts.", "WLAN", "oder ein anderes (sein Name)", "Dessen Passwort", "Land (zwei Buchstaben)", "Dieses Netz nennt seinen Namen nicht",
            "Dein Name", "Zeitzone", "Sprache der Antworten", "Wie die Box heißt", "Telefone und Programme in meinem Netz dürfen die Box finden (mDNS)", "Sichern", "Bitte verbessern:", "Gesichert", "Dein Token", "Es wird nur dieses eine Mal gezeigt und lässt Programme und Telefone ein. Schreib es jetzt auf.",
            "Nach dem Knopf startet die Box neu, geht in dein Netz, und dieses hier verschwindet.", "Ich habe es aufgeschrieben: starten", "Die Box startet neu. Geh wieder in dein eigenes Netz.", "Zu viele Versuche. Warte eine Minute."),
        new("zh", "设置您的助手", "回答几个问题,设备就会加入您的网络。目前没有任何内容离开设备。", "Wi-Fi 网络", "或其他网络(名称)", "网络密码", "国家(两个字母)", "此网络不广播名称",
            "您的名字", "时区", "回答所用语言", "设备名称", "允许我网络中的手机和程序通过 mDNS 找到此设备", "保存", "请更正:", "已保存", "您的令牌", "令牌只显示这一次,程序和手机凭它接入。请现在记下。",
            "按下按钮后,设备会重新启动并加入您的网络,此网络随之消失。", "我已记下,启动", "设备正在重新启动。请重新连接您自己的网络。", "尝试次数过多,请稍候一分钟。"),
    ];

    /// <summary>The first of a browser's languages that there is (RFC 9110, 12.5.4; weights are left out: browsers write them in order).</summary>
    public static SetupTexts For(string? accepted) =>
        (accepted ?? "").Split(',').Take(8).Select(tag => tag.Trim().Split('-', ';')[0].ToLowerInvariant()).Select(language => All.FirstOrDefault(t => t.Language == language)).FirstOrDefault(t => t is not null) ?? All[0];
}
