#!/usr/bin/env pwsh
# Asks the deployed app whether it lives (a cold start may take a minute), and says where it is and what to do next.
. (Join-Path $PSScriptRoot 'common.ps1')

$url = Get-Setting 'FOUNDATION_URL'
$vault = if ($env:AZURE_KEY_VAULT_NAME) { $env:AZURE_KEY_VAULT_NAME } else { 'VAULT' }

Write-Output "Foundation: $url"
for ($try = 1; ; $try++) {
    $status = try { (Invoke-WebRequest -Uri "$url/health/live" -SkipHttpErrorCheck -TimeoutSec 60).StatusCode } catch { 0 }
    if ($status -eq 200) { break }
    if ($try -ge 20) {
        Stop-Hook @(
            "$url/health/live does not answer 200. The app's start is logged in Log Analytics, table FunctionAppLogs.",
            "A 403 on storage in there means that the app's roles were late: run 'azd deploy' again.")
    }
    Start-Sleep -Seconds $retrySeconds
}

Write-Output 'It lives. The first admin key lies in Key Vault:'
Write-Output "  `$key = az keyvault secret show --vault-name $vault --name foundation-bootstrap-key --query value --output tsv"
Write-Output "  curl -fsS $url/api/version -H `"Authorization: Bearer `$key`""
Write-Output "Make a key of your own with it (POST /api/keys, see $url/docs): the first real admin key ends the bootstrap key."
