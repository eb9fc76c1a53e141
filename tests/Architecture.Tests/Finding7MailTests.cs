using System.Text.RegularExpressions;

namespace TagSegments.Architecture.Tests;

/// <summary>
/// Finding 7: there is one way by which mail leaves, and it asks the suppression list. The lanes alone have connections, and they hand over what
/// the ledger let depart; the ledger lets nothing depart to a suppressed address. A second way would be found here.
/// </summary>
public sealed partial class Finding7MailTests
{
    [Fact]
    public void Finding7_one_class_speaks_smtp() => AssertPlaces(
        Smtp(), "Campaigns/Delivery/FastPath/MailSocket.cs", "Campaigns/Delivery/SmtpTransport.cs", "ServiceDefaults/Egress/EgressHandler.cs");

    [Fact]
    public void Finding7_the_lanes_alone_have_connections() => AssertPlaces(Connections(), "Campaigns/Lanes/LanePool.cs");

    [Fact]
    public void Finding7_a_connection_is_handed_only_what_the_ledger_let_depart() => AssertPlaces(Handovers(), "Campaigns/Lanes/DeliveryLane.cs");

    [Fact]
    public void Finding7_what_departs_asks_the_suppression_list() => AssertPlaces(Departures(), "Campaigns/Ledger/LedgerDepartures.cs");

    [Theory]
    [InlineData("using var client = new SmtpClient();")]
    [InlineData("using MailKit.Net.Smtp;")]
    [InlineData("new TcpClient(host, 25)")]
    [InlineData("new Socket(SocketType.Stream, ProtocolType.Tcp)")]
    public void A_second_way_is_found(string code) => Assert.Matches(Smtp(), code);

    // The embedded servers receive mail. The other socket is that of HTTP calls, which has a policy of its own.
    private static void AssertPlaces(Regex pattern, params string[] expected) => Assert.Equal(
        expected,
        Directory.GetDirectories(House.Folder).Select(folder => Path.GetFileName(folder)!).Except(["Embedded"]).SelectMany(House.Sources)
            .Where(file => pattern.IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetRelativePath(House.Folder, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal));

    [GeneratedRegex(@"\bSmtpClient\b|\bTcpClient\b|MailKit\.Net|new Socket\(")]
    private static partial Regex Smtp();

    [GeneratedRegex(@"transports\.Create\(")]
    private static partial Regex Connections();

    [GeneratedRegex(@"transport\.SendAsync\(")]
    private static partial Regex Handovers();

    [GeneratedRegex(@"WHEN suppressed THEN \{RecipientStates\.Skipped\} ELSE \{RecipientStates\.Sending\}")]
    private static partial Regex Departures();
}
