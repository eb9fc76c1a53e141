using System.Security.Cryptography;
using System.Text.Json;
using TagSegments.Campaigns.Webhooks;

namespace TagSegments.Campaigns.Tests.Webhooks;

/// <summary>
/// Finding 12 of the security review: a message that an attacker published to a topic of their own, signed by Amazon, read as one of ours.
/// </summary>
public sealed class Finding12Tests : IDisposable
{
    private readonly SnsWorld _sns = new();

    [Fact]
    public async Task A_notification_is_read()
    {
        var fields = _sns.Notification("""{"eventType": "Bounce"}""");
        fields["Subject"] = "Amazon SES";

        var message = await ReadAsync(_sns.Sign(fields));

        Assert.Equal(("Notification", """{"eventType": "Bounce"}"""), (message!.Type, message.Text));
    }

    [Theory]
    [InlineData("SubscriptionConfirmation")]
    [InlineData("UnsubscribeConfirmation")]
    public async Task A_confirmation_is_read(string type) => Assert.Equal(type, (await ReadAsync(_sns.Sign(_sns.Confirmation(type))))!.Type);

    // The attack as it was shown: what Amazon signs as one message of their topic is sent to us as another message, of our topic. The break in a
    // field of one line turns one field into several, and an unknown type chose the other list of fields.
    [Theory]
    [InlineData("Notification")]
    [InlineData("SubscriptionConfirmation")]
    [InlineData("Anything")]
    public async Task A_message_of_another_topic_cannot_be_read_as_one_of_ours(string type)
    {
        var theirs = _sns.Notification($"x\nMessageId\n1\nSubscribeURL\nu\nTimestamp\n{SnsWorld.Stamp(_sns.Time.GetUtcNow())}\nToken\nt\nTopicArn\n{SnsWorld.Topic}\nType\n{type}");
        theirs["TopicArn"] = "arn:aws:sns:eu-west-1:666666666666:theirs";
        var signed = SnsMessages.TextToSign(theirs)!;
        var rest = signed[signed.IndexOf("\nMessageId\n", theirs["Message"].Length, StringComparison.Ordinal)..].TrimEnd('\n');
        var forged = _sns.Confirmation(type);
        (forged["Message"], forged["MessageId"], forged["SubscribeURL"], forged["Token"]) = ("x", "1", "u", "t");
        forged["Type"] = type + rest;
        Assert.Null(await ReadAsync(_sns.Sign(forged, signed)));

        forged["Type"] = type;
        forged["Token"] = $"t\nTopicArn\n{SnsWorld.Topic}\nType\n{type}{rest}";
        Assert.Null(await ReadAsync(_sns.Sign(forged, signed)));
    }

    [Theory]
    [InlineData("MessageId")]
    [InlineData("Subject")]
    [InlineData("TopicArn")]
    [InlineData("Timestamp")]
    [InlineData("Type")]
    public async Task A_line_break_in_a_field_of_one_line_is_refused_though_it_is_signed(string field)
    {
        foreach (var lineBreak in new[] { "\n", "\r" })
        {
            var fields = _sns.Notification();
            fields["Subject"] = "Amazon SES";
            fields[field] += lineBreak;
            var text = string.Concat(
                new[] { "Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type" }.Select(name => $"{name}\n{fields[name]}\n"));

            Assert.Null(await ReadAsync(_sns.Sign(fields, text)));
        }
    }

    [Fact]
    public async Task A_field_that_is_there_twice_is_refused()
    {
        var body = System.Text.Encoding.UTF8.GetString(_sns.Sign(_sns.Notification()));

        Assert.Null(await ReadAsync(System.Text.Encoding.UTF8.GetBytes($"{body[..^1]},\"TopicArn\":\"{SnsWorld.Topic}\"}}")));
    }

    [Theory]
    [InlineData("https://sns.x.amazonaws.com/?Action=GetTopicAttributes&x=SimpleNotificationService-1.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem?x")]
    [InlineData("https://sns.eu-west-1.amazonaws.com/x/SimpleNotificationService-1.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com/%53impleNotificationService-1.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem\n")]
    [InlineData("https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-1.pem")]
    [InlineData("https://user@sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem")]
    [InlineData("http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-1.pem")]
    [InlineData("https://s3.amazonaws.com/SimpleNotificationService-1.pem")]
    [InlineData("")]
    public async Task A_certificate_from_any_other_place_is_not_fetched(string url)
    {
        _sns.Served[url] = _sns.Served[SnsWorld.CertificateUrl];
        var fields = _sns.Notification();
        fields["SigningCertURL"] = url;

        Assert.Null(await ReadAsync(_sns.Sign(fields)));
        Assert.Empty(_sns.Fetched);
    }

    [Fact]
    public async Task A_certificate_that_no_authority_issued_for_SNS_is_refused()
    {
        using var key = RSA.Create(2048);
        using var stranger = SnsWorld.NewAuthority(key);
        string[] certificates =
        [
            _sns.Certificate("sns.amazonaws.com", null).ExportCertificatePem(),
            _sns.Certificate("sns.amazonaws.com", stranger).ExportCertificatePem() + "\n" + stranger.ExportCertificatePem(),
            _sns.Certificate("ses.amazonaws.com", _sns.TrustedAuthority).ExportCertificatePem(),
            _sns.Certificate("sns.amazonaws.com", _sns.TrustedAuthority, daysLeft: -1).ExportCertificatePem(),
            "no certificate",
            "",
        ];

        foreach (var pem in certificates)
        {
            _sns.Served[SnsWorld.CertificateUrl] = pem;
            Assert.Null(await ReadAsync(_sns.Sign(_sns.Notification())));
        }
    }

    [Fact]
    public async Task A_certificate_is_fetched_once_and_not_used_after_its_end()
    {
        var messages = _sns.Messages();
        for (var i = 0; i < 3; i++)
        {
            Assert.NotNull(await messages.ReadAsync(SnsWorld.Topic, _sns.Sign(_sns.Notification()), CancellationToken.None));
        }

        Assert.Single(_sns.Fetched);
        _sns.Time.Advance(TimeSpan.FromDays(31));
        Assert.Null(await messages.ReadAsync(SnsWorld.Topic, _sns.Sign(_sns.Notification()), CancellationToken.None));
    }

    [Fact]
    public async Task Amazon_is_asked_again_later_if_it_does_not_give_its_certificate()
    {
        _sns.Served.Clear();

        await Assert.ThrowsAsync<HttpRequestException>(() => ReadAsync(_sns.Sign(_sns.Notification())));
    }

    [Theory]
    [InlineData("SignatureVersion", "1")]
    [InlineData("SignatureVersion", null)]
    [InlineData("TopicArn", "")]
    [InlineData("TopicArn", null)]
    [InlineData("Type", "notification")]
    [InlineData("Type", null)]
    [InlineData("Message", null)]
    [InlineData("Timestamp", "now")]
    [InlineData("Signature", "?")]
    [InlineData("Signature", "")]
    public async Task A_message_that_breaks_another_rule_is_refused(string field, string? value)
    {
        var fields = _sns.Notification();
        fields["Signature"] = "";
        fields[field] = value ?? "";
        if (value is null)
        {
            fields.Remove(field);
        }

        var body = field == "Signature" ? JsonSerializer.SerializeToUtf8Bytes(fields) : _sns.Sign(fields);

        Assert.Null(await ReadAsync(body));
    }

    [Fact]
    public async Task A_signature_by_SHA_1_is_refused() =>
        Assert.Null(await ReadAsync(_sns.Sign(_sns.Notification(), hash: HashAlgorithmName.SHA1)));

    [Theory]
    [InlineData(-59, true)]
    [InlineData(-61, false)]
    [InlineData(61, false)]
    public async Task A_message_is_valid_for_an_hour(int minutes, bool valid)
    {
        var fields = _sns.Notification();
        fields["Timestamp"] = SnsWorld.Stamp(_sns.Time.GetUtcNow().AddMinutes(minutes));

        Assert.Equal(valid, await ReadAsync(_sns.Sign(fields)) is not null);
    }

    [Theory]
    [InlineData("https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=1", true)]
    [InlineData("https://sns.eu-west-1.amazonaws.com/?Action=Publish&Token=1", false)]
    [InlineData("https://evil.example/?Action=ConfirmSubscription&Token=1", false)]
    public async Task Only_an_address_that_confirms_a_subscription_is_called(string url, bool called)
    {
        _sns.Served[url] = "";

        await _sns.Messages().ConfirmAsync(new("SubscriptionConfirmation", "", url), CancellationToken.None);

        Assert.Equal(called, _sns.Fetched.Contains(url));
    }

    public void Dispose() => _sns.Dispose();

    private Task<SnsMessage?> ReadAsync(byte[] body) => _sns.Messages().ReadAsync(SnsWorld.Topic, body, CancellationToken.None);
}
