using System.CommandLine;
using Crm.Contacts.V1;
using Grpc.Core;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Contacts;

/// <summary>Commands about the data of a person.</summary>
internal static class PersonCommands
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(300);

    /// <summary>`contacts export-person`.</summary>
    public static Command ExportPerson()
    {
        var key = Keys.Contact.Argument();
        var command = new Command("export-person", "Writes all that is held about a person as JSON to standard output.") { key };
        return command.Runs(async (session, ct) =>
        {
            var contact = await Keys.Contact.GetAsync(session, session.Get(key), ct);
            var request = new ExportContactRequest { Account = session.RequireAccount(), ContactId = contact.ContactId };
            using var call = session.Services.Contacts.ExportContact(request, cancellationToken: ct);
            await foreach (var part in call.ResponseStream.ReadAllAsync(ct))
                await session.Report.Output.WriteAsync(part.Data.ToStringUtf8().AsMemory(), ct);
        });
    }

    /// <summary>`contacts erase`.</summary>
    public static Command Erase()
    {
        var contact = new Argument<string?>("contact") { Description = "The contact's number, or external:KEY.", Arity = ArgumentArity.ZeroOrOne };
        var email = Options.Text("--email", "Instead of a contact: all contacts with this e-mail address.", "address");
        var phone = Options.Text("--phone", "Instead of a contact: all contacts with this phone number.", "number");
        var forget = new Option<bool>("--forget-refusals") { Description = "Keep no hash of addresses that refused messages: they can be written to again." };
        var yes = new Option<bool>("--yes") { Description = "Confirms it: nothing brings the data back." };
        var noWait = new Option<bool>("--no-wait") { Description = "Do not wait until nothing is left in any service." };
        var command = new Command("erase", "Erases a person for good, in all services; merged duplicates too.") { contact, email, phone, forget, yes, noWait };
        return command.Runs(async (session, ct) =>
        {
            if (!session.Get(yes))
                throw new CliError("Nothing was erased.", "Add --yes to confirm: nothing brings the data back.");

            var request = new EraseContactRequest { Account = session.RequireAccount(), ForgetRefusals = session.Get(forget), RequestId = RequestId.New() };
            await SetKeyAsync(session, request, session.Get(contact), session.Get(email), session.Get(phone), ct);
            var answer = await session.Services.Contacts.EraseContactAsync(request, cancellationToken: ct);
            while (!session.Get(noWait) && await UnfinishedAsync(session, answer, ct))
                await Task.Delay(s_pause, ct);

            session.Report.Write(answer, answer.Erasures.Count == 0
                ? "No contact has the address; it is erased from the suppression list."
                : $"Erased: {string.Join(", ", answer.Erasures.Select(erasure => $"contact {erasure.ContactId}"))}.");
        });
    }

    /// <summary>`contacts erasures`.</summary>
    public static Command Erasures()
    {
        var unfinished = new Option<bool>("--unfinished") { Description = "Only erasures that have not finished." };
        var limit = Options.Limit(100);
        var command = new Command("erasures", "Lists the contacts that were erased, and when.") { unfinished, limit };
        return command.Runs(async (session, ct) =>
        {
            var request = new ListErasuresRequest { Account = session.RequireAccount(), Unfinished = session.Get(unfinished) };
            var found = await Pages.FirstAsync(request, session.Get(limit), r => session.Services.Contacts.ListErasuresAsync(r, cancellationToken: ct), page => page.Erasures);
            session.Report.Write(found, () => Report.Table(
                found.Erasures, ("contact", e => e.ContactId), ("asked for", e => e.RequestTime), ("finished", e => e.FinishTime)));
        });
    }

    private static async Task SetKeyAsync(
        Session session, EraseContactRequest request, string? contact, string? email, string? phone, CancellationToken ct)
    {
        if (new[] { contact, email, phone }.Count(key => key is not null) != 1)
            throw new CliError("It is not clear who is to be erased.", "Give a contact, --email or --phone.");

        if (email is not null)
            request.Email = email;
        else if (phone is not null)
            request.Phone = phone;
        else
            request.ContactId = (await Keys.Contact.GetAsync(session, contact!, ct)).ContactId;
    }

    private static async Task<bool> UnfinishedAsync(Session session, EraseContactResponse answer, CancellationToken ct)
    {
        if (answer.Erasures.Count == 0)
            return false;

        var request = new ListErasuresRequest { Account = session.RequireAccount(), Unfinished = true, PageSize = 1_000 };
        var unfinished = await session.Services.Contacts.ListErasuresAsync(request, cancellationToken: ct);
        return unfinished.Erasures.Any(erasure => answer.Erasures.Any(own => own.ContactId == erasure.ContactId));
    }
}
