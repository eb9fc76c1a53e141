using System.Net.Mail;
using Crm.Workflows.V1;
using TagSegments.Workflows.Definitions;
using TagSegments.Workflows.Yaml;

namespace TagSegments.Workflows.Publication;

/// <summary>Reads the workflow of a request, as a message or as YAML, checks it and resolves its references.</summary>
internal sealed class DraftReader(References references, MessageChecks messages, NoticeChecks notices)
{
    public async Task<Workflow> ReadAsync(AccountInfo account, Workflow? workflow, string yaml, CancellationToken ct)
    {
        var (draft, places) = yaml.Length > 0 ? YamlReader.Read(yaml) : (workflow?.Clone() ?? new Workflow(), null);
        draft.Definition ??= new Definition();
        CheckNames(draft, new Faults(places is null ? "workflow." : "", places is null ? null : places.Find));

        var faults = new Faults(places is null ? "workflow.definition." : "", places is null ? null : places.Find);
        DefinitionCheck.Check(draft.Definition, faults);
        faults.ThrowIfAny();
        await references.ResolveAsync(account, draft.Definition, faults, ct);
        await messages.CheckAsync(account, draft.Definition, faults, ct);
        faults.ThrowIfAny();
        return draft;
    }

    /// <summary>
    /// Checks a saved draft again. Throws FAILED_PRECONDITION if something that it refers to no longer exists or if it notifies somebody whose address
    /// is not confirmed, and INVALID_ARGUMENT if one of its messages cannot be sent.
    /// </summary>
    public async Task RequireSoundAsync(AccountInfo account, Definition definition, CancellationToken ct)
    {
        var faults = new Faults("workflow.definition.");
        await references.ResolveAsync(account, definition, faults, ct);
        faults.ThrowIfMissing();
        await messages.CheckAsync(account, definition, faults, ct);
        faults.ThrowIfAny();
        await notices.CheckAsync(account, definition, faults, ct);
        faults.ThrowIfNotConfirmed();
    }

    /// <summary>
    /// Updates the names beside the numbers of a saved definition; deleted things keep their last name. Returns the deleted ones, each with its
    /// path.
    /// </summary>
    public async Task<IReadOnlyList<string>> RefreshNamesAsync(AccountInfo account, Definition definition, CancellationToken ct)
    {
        var faults = new Faults("");
        await references.ResolveAsync(account, definition, faults, ct);
        return faults.Texts;
    }

    private static bool IsAddress(string text) => MailAddress.TryCreate(text, out var address) && address.Address == text;

    private static void CheckNames(Workflow draft, Faults faults)
    {
        faults.Require(draft.Name.Length is >= 1 and <= 200, "name", "must be 1 to 200 characters");
        faults.Require(!draft.Name.Any(char.IsControl), "name", "must not contain control characters");
        faults.Require(draft.Description.Length <= 2_000, "description", "is longer than 2,000 characters");
        faults.Require(draft.OwnerEmail.Length == 0 || IsAddress(draft.OwnerEmail), "owner_email", "is not an e-mail address");
        faults.ThrowIfAny();
    }
}
