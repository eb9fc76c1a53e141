using Crm.Contacts.V1;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports.Columns;

namespace TagSegments.Tags.Crm.Imports.Fields;

/// <summary>The custom fields of a file's columns. What is missing is created together with the first rows.</summary>
internal sealed class PlannedFields(int accountId, IReadOnlyDictionary<ImportColumn, Field> byColumn, IReadOnlyList<Field> created, IReadOnlyList<Field> extended)
{
    private bool _exist;

    /// <summary>The field of each column that has one, with all its choices.</summary>
    public IReadOnlyDictionary<ImportColumn, Field> ByColumn => byColumn;

    /// <summary>The fields to create.</summary>
    public IReadOnlyList<Field> Created => created;

    /// <summary>The fields that get more choices, each with the new ones only.</summary>
    public IReadOnlyList<Field> Extended => extended;

    /// <summary>Creates what is missing. Throws if somebody has created one of the fields since: nothing was imported yet, so the file is looked through again.</summary>
    public async Task EnsureAsync(AccountTransaction transaction, CancellationToken ct)
    {
        if (_exist)
        {
            return;
        }

        // In order of the keys, so that two imports that create the same ones wait for each other instead of deadlocking.
        foreach (var field in created.OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            _ = await FieldStore.CreateAsync(transaction.Transaction, accountId, field.FieldId, field, ct) ?? throw new FieldCreatedException();
        }

        foreach (var field in extended)
        {
            await FieldStore.AddChoicesAsync(transaction.Transaction, accountId, field.FieldId, [.. field.Choices], ct);
        }
    }

    /// <summary>Takes note that the transaction has been committed, and reports what was created.</summary>
    public void Keep(ImportSummary summary)
    {
        if (!_exist)
        {
            summary.FieldsCreated.Add(created);
            _exist = true;
        }
    }

    /// <summary>Takes note that a dry run would have created the fields now.</summary>
    public void Pretend(ImportSummary summary)
    {
        if (!_exist)
        {
            summary.FieldsCreated.Add(created.Select(WithoutNumber));
            _exist = true;
        }
    }

    /// <summary>Copies a field that does not exist yet: its number is not to be relied on.</summary>
    public static Field WithoutNumber(Field field)
    {
        var copy = field.Clone();
        copy.FieldId = 0;
        return copy;
    }
}
