using System.Net.Security;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using TagSegments.Campaigns.Delivery.FastPath;
using TagSegments.ServiceDefaults.Network;
using Reason = Crm.Campaigns.V1.Recipient.Types.Reason;

namespace TagSegments.Campaigns.Delivery;

/// <summary>A connection to the mail server, kept open from message to message.</summary>
internal sealed class SmtpTransport(SmtpOptions smtp, DeliveryOptions delivery, MailServerWatch watch, Func<int> waiting) : ITransport
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_maxPause = TimeSpan.FromSeconds(30);
    private static readonly FormatOptions s_utf8 = new() { International = true };
    private readonly RemoteCertificateValidationCallback? _trust = PrivateAuthority.Check(smtp.Authority);
    private readonly MailParts _parts = new(smtp.FastPath);
    private SmtpClient _client = NewClient();
    private MailSocket? _socket;
    private int _sent;

    /// <summary>
    /// Makes a client that does not ask the authority of a certificate whether it was revoked: that goes over the Internet in clear text, which
    /// networks close, and all mail would wait when the authority's own server is away.
    /// </summary>
    internal static SmtpClient NewClient() => new() { CheckCertificateRevocation = false };

    public bool IsReady => _client.IsConnected && _sent < smtp.MessagesPerConnection;

    public async Task<bool> WaitUntilReadyAsync(CancellationToken ct)
    {
        var (failed, pause) = (false, s_firstPause);
        try
        {
            while (!IsReady && !ct.IsCancellationRequested)
            {
                if (await TryConnectAsync(ct) is { } problem)
                {
                    watch.Fail(problem, !failed, waiting(), pause);
                    failed = true;
                    await Task.Delay(pause, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    pause = pause * 2 < s_maxPause ? pause * 2 : s_maxPause;
                }
            }
        }
        finally
        {
            if (failed)
            {
                watch.End(IsReady);
            }
        }

        return IsReady && !ct.IsCancellationRequested;
    }

    public async Task<HandoverResult> SendAsync(OutgoingMessage message, Action begin)
    {
        Mail mail;
        try
        {
            mail = MailComposer.Compose(message, smtp.Provider, _parts);
        }
        catch (Exception e)
        {
            return HandoverResult.NotMade(e);
        }

        using (mail)
        {
            return await SendAsync(mail, new DataProgress(begin));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await QuitAsync();
        Drop();
    }

    private async Task<HandoverResult> SendAsync(Mail mail, DataProgress progress)
    {
        var needsUtf8 = !System.Text.Ascii.IsValid(mail.To.Address);
        if (needsUtf8 && !_client.Capabilities.HasFlag(SmtpCapabilities.UTF8))
        {
            return HandoverResult.Skipped(Reason.AddressNeedsSmtputf8, "The mail server does not offer SMTPUTF8.");
        }

        using var timeout = new CancellationTokenSource(delivery.HandOverTimeout);
        try
        {
            _sent++;
            return HandoverResult.Accepted(await _client.SendAsync(needsUtf8 ? s_utf8 : FormatOptions.Default, mail.Message, mail.From, [mail.To], timeout.Token, progress));
        }
        catch (SmtpCommandException e)
        {
            return Refused(e);
        }
        catch (Exception e)
        {
            // Whether the server has taken the message is known only if it did not get all of it.
            Drop();
            return progress.AllWritten ? HandoverResult.Unknown(e.Message) : HandoverResult.Deferred(e.Message);
        }
    }

    private async Task QuitAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await _client.DisconnectAsync(quit: true, timeout.Token);
        }
        catch (Exception e) when (IsConnectionTrouble(e) || e is OperationCanceledException)
        {
            // The server need not hear the goodbye.
        }
    }

    // Returns why there is no connection.
    private async Task<Exception?> TryConnectAsync(CancellationToken ct)
    {
        try
        {
            await ConnectAsync(ct);
            return null;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e) when (IsConnectionTrouble(e))
        {
            // A connection with a failed login is open and must not be used.
            Drop();
            return e;
        }
    }

    private async Task ConnectAsync(CancellationToken ct)
    {
        await QuitAsync();
        Drop();
        _client.Timeout = (int)smtp.Timeout.TotalMilliseconds;
        _client.ServerCertificateValidationCallback = _trust;
        if (smtp.FastPath)
        {
            _socket = await MailSocket.ConnectAsync(smtp.Host, smtp.Port, smtp.Timeout, ct);
            await _client.ConnectAsync(_socket, smtp.Host, smtp.Port, smtp.SocketOptions, ct);
        }
        else
        {
            await _client.ConnectAsync(smtp.Host, smtp.Port, smtp.SocketOptions, ct);
        }

        // With BDAT the message would end with its last byte, before it is known that all of it is written.
        _client.Capabilities &= ~SmtpCapabilities.Chunking;
        if (smtp.User.Length > 0)
        {
            await _client.AuthenticateAsync(smtp.User, smtp.Password, ct);
        }

        _sent = 0;
    }

    // A reply is definite: 4xx is temporary, 5xx permanent, and both concern this message only. After 421 the server hangs up.
    private HandoverResult Refused(SmtpCommandException refusal)
    {
        var detail = $"{(int)refusal.StatusCode} {refusal.Message}";
        if ((int)refusal.StatusCode == 421 || !_client.IsConnected)
        {
            Drop();
        }

        return (int)refusal.StatusCode >= 500
            ? HandoverResult.Failed(Reason.Rejected, detail)
            : HandoverResult.Deferred(detail);
    }

    private void Drop()
    {
        _client.Dispose();
        _client = NewClient();
        _socket?.Dispose();
    }

    private static bool IsConnectionTrouble(Exception e) => e is IOException or SocketException or ProtocolException or TimeoutException
        or ServiceNotConnectedException or ServiceNotAuthenticatedException or SslHandshakeException or AuthenticationException
        or NotSupportedException or SmtpCommandException;

    /// <summary>Whether all of a message has been written to the connection.</summary>
    private sealed class DataProgress(Action begin) : ITransferProgress
    {
        public bool AllWritten { get; private set; }

        public void Report(long bytesTransferred, long totalSize)
        {
            if (!AllWritten && (totalSize <= 0 || bytesTransferred >= totalSize))
            {
                begin();
                AllWritten = true;
            }
        }

        public void Report(long bytesTransferred) => Report(bytesTransferred, 0);
    }
}
